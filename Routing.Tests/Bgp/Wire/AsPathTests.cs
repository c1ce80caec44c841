using CsCheck;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;

namespace Routing.Tests.Bgp.Wire;

[TestFixture]
public sealed class AsPathTests
{
    [TestCase("", 0, 0u, 0u, TestName = "An empty path")]
    [TestCase("0202 0000FDE9 0000FDEA", 2, 65001u, 65002u, TestName = "A sequence")]
    [TestCase("0201 0000FDE9 0102 0000FDEA 0000FDEB", 2, 65001u, 0u, TestName = "A set at the end counts one")]
    [TestCase("0102 0000FDEA 0000FDEB", 1, 0u, 0u, TestName = "A set alone")]
    [TestCase("0302 0000FDEA 0000FDEB 0201 0000FDE9", 1, 65001u, 65001u,
        TestName = "Confederation segments count nothing")]
    public void A_path_answers_the_decision_process(string hex, int length, uint neighbour, uint origin)
    {
        var path = Hex.Parse(hex);
        Assert.Multiple(() =>
        {
            Assert.That(AsPath.Length(path), Is.EqualTo(length));
            Assert.That(AsPath.NeighbourAsn(path), Is.EqualTo(neighbour));
            Assert.That(AsPath.OriginAsn(path), Is.EqualTo(origin));
            Assert.That(AsPath.Count(path, 65001, isConfederation: false), Is.EqualTo(hex.Contains("FDE9") ? 1 : 0));
        });
    }

    [TestCase("", "0201 0000FDE8", TestName = "To an empty path")]
    [TestCase("0201 0000FDE9", "0202 0000FDE8 0000FDE9", TestName = "Into the first sequence")]
    [TestCase("0101 0000FDE9", "0201 0000FDE8 0101 0000FDE9", TestName = "Before a set")]
    public void Prepending_follows_the_first_segment(string before, string after)
    {
        var path = Hex.Parse(before);
        var writer = new WireWriter(new byte[64]);
        AsPath.WritePrepended(ref writer, path, 65000);
        Assert.That(writer.Written.ToArray(), Is.EqualTo(Hex.Parse(after)));
        Assert.That(AsPath.PrependedLength(path), Is.EqualTo(writer.Position));
    }

    [Test]
    public void A_full_sequence_gets_a_new_segment_in_front()
    {
        byte[] path = [2, 255, .. Enumerable.Repeat<byte[]>([0, 0, 0, 1], 255).SelectMany(octets => octets)];
        var writer = new WireWriter(new byte[2000]);
        AsPath.WritePrepended(ref writer, path, 65000);
        Assert.That(writer.Written[..8].ToArray(), Is.EqualTo(Hex.Parse("0201 0000FDE8 02FF")));
        Assert.That(AsPath.Length(writer.Written), Is.EqualTo(256));
        Assert.That(AsPath.PrependedLength(path), Is.EqualTo(writer.Position));
    }

    [Test]
    public void Any_octets_can_be_walked() => Gen.Byte.Array[0, 64].Sample(octets =>
    {
        AsPath.Length(octets);
        AsPath.NeighbourAsn(octets);
        AsPath.OriginAsn(octets);
        AsPath.Count(octets, 1, isConfederation: true);
    });
}
