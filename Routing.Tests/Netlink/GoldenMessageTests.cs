namespace Routing.Tests.Netlink;

/// <summary>The octets of each kind of request against Golden/netlink, where every attribute is named. The files hold
/// little-endian hosts' octets (x86-64, arm64: all that the project runs on); nf_tables' numbers are big-endian
/// anywhere.
/// </summary>
internal sealed class GoldenMessageTests
{
    [TestCaseSource(nameof(Names))]
    public void A_request_is_written_octet_by_octet(string name)
    {
        var golden = File.ReadLines(Repository.PathOf($"Routing.Tests/Golden/netlink/{name}.hex"))
            .Select(line => line.Split('#')[0].Replace(" ", "", StringComparison.Ordinal));
        var written = SampleMessages.All().Single(sample => sample.Name == name).Octets;
        Assert.That(Convert.ToHexString(written), Is.EqualTo(string.Concat(golden)));
    }

    private static IEnumerable<string> Names => SampleMessages.All().Select(sample => sample.Name);
}
