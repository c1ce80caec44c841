using CsCheck;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Rpki;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;

namespace Routing.Tests.Bgp.Rpki;

/// <summary>Verification of AS paths (draft-ietf-sidrops-aspa-verification-24 §6). Paths are written as in AS_PATH: the
/// neighbour first, the origin last.</summary>
/// <remarks>10 and 20 are at the top and peers; 30 is a customer of 10, 40 of 20, 50 of 30 and 40. 60 has said
/// nothing.</remarks>
[TestFixture]
public sealed class PathVerificationTests
{
    private static readonly PathVerification Verification = new(AspaTable.Create(
    [
        Aspa.Create(10, [0]), Aspa.Create(20, [0]), Aspa.Create(30, [10]), Aspa.Create(40, [20]), Aspa.Create(50, [40, 30]),
    ]));

    [TestCase("50", PathValidity.Valid, TestName = "A customer's own route")]
    [TestCase("30 50", PathValidity.Valid, TestName = "A customer's customer's")]
    [TestCase("10 30 50", PathValidity.Valid)]
    [TestCase("30 30 50 50 50", PathValidity.Valid, TestName = "Prepending means nothing")]
    [TestCase("50 30", PathValidity.Invalid, TestName = "A customer leaks its provider's route")]
    [TestCase("50 30 10", PathValidity.Invalid)]
    [TestCase("20 10 30", PathValidity.Invalid, TestName = "A peer leaks its peer's route")]
    [TestCase("60 50", PathValidity.Invalid, TestName = "50 does not name 60")]
    [TestCase("50 60", PathValidity.Unknown, TestName = "60 has said nothing")]
    [TestCase("50 30 60", PathValidity.Invalid, TestName = "One contradiction outweighs what is unknown")]
    [TestCase("", PathValidity.Invalid, TestName = "An empty path over eBGP")]
    public void Upwards_every_hop_must_climb(string path, PathValidity expected) // §6.2
    {
        foreach (var role in new[] { PeerRole.Provider, PeerRole.Peer, PeerRole.RouteServer, PeerRole.RouteServerClient })
        {
            Assert.That(Verify(path, role), Is.EqualTo(expected), $"we are the {role}");
        }
    }

    [TestCase("10 30", PathValidity.Valid)]
    [TestCase("10 20", PathValidity.Valid, TestName = "Two ASes always are")]
    [TestCase("30 10 20 40", PathValidity.Valid, TestName = "Up, across, down")]
    [TestCase("50 30 10 20 40", PathValidity.Valid)]
    [TestCase("30 50 40", PathValidity.Invalid, TestName = "50 leaks from one provider to the other")]
    [TestCase("10 30 50 40 20", PathValidity.Invalid)]
    [TestCase("30 10 60 20 40", PathValidity.Invalid, TestName = "Nobody passes between two at the top")]
    [TestCase("60 10 30", PathValidity.Valid, TestName = "An unknown AS at the end of the way down")]
    [TestCase("60 61 10 30", PathValidity.Unknown)]
    [TestCase("60 61 62 30", PathValidity.Unknown, TestName = "30 does not name 62, but 62 may have said that 30 is its provider")]
    public void Downwards_a_way_up_and_a_way_down_must_meet(string path, PathValidity expected) => // §6.3
        Assert.That(Verify(path, PeerRole.Customer), Is.EqualTo(expected));

    [Test]
    public void The_neighbour_must_be_the_first_unless_it_is_a_route_server() // §6.1
    {
        Assert.That(Verification.Verify(Path("30 50"), 10, PeerRole.Provider), Is.EqualTo(PathValidity.Invalid));
        Assert.That(Verification.Verify(Path("30 50"), 10, PeerRole.RouteServerClient), Is.EqualTo(PathValidity.Valid));
    }

    [Test]
    public void A_set_is_invalid_and_an_unknown_role_says_nothing()
    {
        Assert.That(Verification.Verify([.. Path("30"), 1, 1, 0, 0, 0, 50], 30, PeerRole.Provider), Is.EqualTo(PathValidity.Invalid));
        Assert.That(Verification.Verify(Path("50 30"), 50, null), Is.EqualTo(PathValidity.Unknown));
    }

    /// <summary>The draft's own words, slow: a path is Valid upwards when all hops are attested, and so on.</summary>
    [Test]
    public void Both_procedures_agree_with_their_definition() => Gen.Select(
        Gen.Select(Gen.UInt[1, 5], Gen.UInt[1, 5].Array[0, 3], Aspa.Create).Array[0, 5], Gen.UInt[1, 5].Array[1, 7]).Sample((aspas, path) =>
    {
        var table = AspaTable.Create(aspas);
        var verification = new PathVerification(table);
        uint[] up = [.. path.Where((asn, i) => i == 0 || path[i - 1] != asn).Reverse()]; // AS(1) to AS(N)
        uint[] down = [.. up.Reverse()];
        var octets = Path(string.Join(' ', path));
        var hops = up.Zip(up.Skip(1), table.Authorization).ToList();
        Assert.That(verification.Verify(octets, path[0], PeerRole.Provider), Is.EqualTo(
            hops.Contains(ProviderAuthorization.NotProvider) ? PathValidity.Invalid
            : hops.Contains(ProviderAuthorization.NoAttestation) ? PathValidity.Unknown : PathValidity.Valid));

        int Ramp(uint[] asns, bool attested) => 1 + asns.Zip(asns.Skip(1), table.Authorization).TakeWhile(hop =>
            hop == ProviderAuthorization.Provider || (!attested && hop == ProviderAuthorization.NoAttestation)).Count();
        Assert.That(verification.Verify(octets, path[0], PeerRole.Customer), Is.EqualTo(
            Ramp(up, false) + Ramp(down, false) < up.Length ? PathValidity.Invalid
            : Ramp(up, true) + Ramp(down, true) < up.Length ? PathValidity.Unknown : PathValidity.Valid));
    });

    private static PathValidity Verify(string path, PeerRole role) => Verification.Verify(
        Path(path), path.Length == 0 ? 1 : uint.Parse(path.Split(' ')[0]), role);

    private static byte[] Path(string path)
    {
        var asns = path.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(uint.Parse).ToArray();
        var writer = new WireWriter(new byte[1000]);
        if (asns.Length > 0)
        {
            writer.WriteByte((byte)AsPathSegmentType.Sequence);
            writer.WriteByte((byte)asns.Length);
        }

        foreach (var asn in asns)
        {
            writer.WriteUInt32(asn);
        }

        return writer.Written.ToArray();
    }
}
