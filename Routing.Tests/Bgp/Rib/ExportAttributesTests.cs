using System.Net;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Tests.Bgp.Wire;
using static Routing.Bgp.Rib.Decision.PathSourceKind;

namespace Routing.Tests.Bgp.Rib;

/// <summary>What becomes of attributes on the way to a neighbour: octets in, octets out, a row a rule. We are AS 65000 with
/// 10.0.0.254; the path comes from AS 65001.</summary>
[TestFixture]
internal sealed class ExportAttributesTests
{
    private const string Origin = "400101 00 ";
    private const string Path = "40020E 0203 0000FDE9 0000FDEA 00000D1C "; // 65001 65002 3356
    private const string Ours = "400212 0204 0000FDE8 0000FDE9 0000FDEA 00000D1C ";
    private const string TheirHop = "400304 0A000001 ";
    private const string OurHop = "400304 0A0000FE ";
    private const string Pref = "400504 00000064 ";
    private const string Med = "800404 00000005 ";
    private const uint ConfederationId = 64999;

    private static readonly ExportProfile Outside = new() { Kind = External, PrependedAsn = 65000 };
    private static readonly ExportProfile Member = new() { Kind = Confederation, SendsAigp = true };
    private static readonly ExportProfile Inside = new() { Kind = Internal, SendsAigp = true };

    private static readonly Dictionary<string, ExportProfile> Profiles = new()
    {
        ["eBGP"] = Outside,
        ["iBGP"] = Inside,
        ["member AS"] = Member,
        ["outside the confederation"] = Outside with { PrependedAsn = ConfederationId },
        ["local-as"] = Outside with { PrependedAsn = 65100, HiddenAsn = 65000 },
        ["local-as replace-as"] = Outside with { PrependedAsn = 65100 },
        ["as-override"] = Outside with { OverriddenAsn = 65002 },
        ["remove-private all"] = Outside with { RemovedPrivateAs = PrivateAsScope.All },
        ["remove-private"] = Outside with { RemovedPrivateAs = PrivateAsScope.OnlyPrivatePaths },
        ["remove-private all replace"] = Outside with
        {
            RemovedPrivateAs = PrivateAsScope.All, PrivateAsReplacement = 65000,
        },
        ["route server"] = Outside with { PrependedAsn = 0, IsRouteServerClient = true },
        ["next hop Keep"] = Outside with { NextHop = NextHopMode.Keep },
        ["next hop Self, inside"] = Inside with { NextHop = NextHopMode.Self },
        ["communities large"] = Inside with { Communities = SentCommunities.Large },
        ["draining inside"] = Inside with { IsDraining = true },
        ["draining outside"] = Outside with { IsDraining = true },
        ["AIGP outside"] = Outside with { SendsAigp = true },
        ["to a customer"] = Outside with { Role = PeerRole.Provider, OnlyToCustomerAsn = 65000 },
        ["to a peer"] = Outside with { Role = PeerRole.Peer, OnlyToCustomerAsn = 65000 },
        ["to a provider"] = Outside with { Role = PeerRole.Customer, OnlyToCustomerAsn = 65000 },
    };

    [TestCase("eBGP", External, Path + TheirHop + Med + Pref, Ours + OurHop, TestName = "RFC 4271 §5.1.2, §5.1.3, §5.1.4")]
    [TestCase("iBGP", External, Path + TheirHop + Med, Path + TheirHop + Med + Pref, TestName = "RFC 4271 §5.1.5")]
    [TestCase("member AS", External, Path + TheirHop + Med, "400214 0301 0000FDE8 0203 0000FDE9 0000FDEA 00000D1C " + TheirHop + Med + Pref,
        TestName = "RFC 5065 §4.1 a: a new AS_CONFED_SEQUENCE")]
    [TestCase("member AS", Confederation, "40020C 0301 0000FE4D 0201 00000D1C " + TheirHop,
        "400210 0302 0000FDE8 0000FE4D 0201 00000D1C " + TheirHop + Pref, TestName = "RFC 5065 §4.1 a: prepended to it")]
    [TestCase("outside the confederation", Confederation, "40020C 0301 0000FE4D 0201 00000D1C " + TheirHop,
        "40020A 0202 0000FDE7 00000D1C " + OurHop, TestName = "RFC 5065 §4.1 c: the identifier instead of the members")]
    [TestCase("iBGP", Confederation, "40020C 0301 0000FE4D 0201 00000D1C " + TheirHop,
        "40020C 0301 0000FE4D 0201 00000D1C " + TheirHop + Pref, TestName = "RFC 5065 §4.1: unchanged inside a member AS")]
    [TestCase("local-as", External, "400200 " + TheirHop, "40020A 0202 0000FE4C 0000FDE8 " + OurHop, TestName = "local-as")]
    [TestCase("local-as replace-as", External, "400200 " + TheirHop, "400206 0201 0000FE4C " + OurHop, TestName = "local-as replace-as")]
    [TestCase("as-override", External, Path + TheirHop, "400212 0204 0000FDE8 0000FDE9 0000FDE8 00000D1C " + OurHop,
        TestName = "as-override")]
    [TestCase("remove-private all", External, Path + TheirHop, "40020A 0202 0000FDE8 00000D1C " + OurHop,
        TestName = "remove-private-as all")]
    [TestCase("remove-private", External, Path + TheirHop, Ours + OurHop, TestName = "remove-private-as spares mixed paths")]
    [TestCase("remove-private all replace", External, Path + TheirHop,
        "400212 0204 0000FDE8 0000FDE8 0000FDE8 00000D1C " + OurHop, TestName = "remove-private-as all replace")]
    [TestCase("route server", External, Path + TheirHop + Med, Path + TheirHop + Med, TestName = "RFC 7947 §2.2")]
    [TestCase("route server", Local, "400200 ", "400200 " + OurHop, TestName = "A route server's own routes have its next hop")]
    [TestCase("next hop Keep", External, Path + TheirHop, Ours + TheirHop, TestName = "Third-party next hop, RFC 4271 §5.1.3")]
    [TestCase("next hop Self, inside", External, Path + TheirHop, Path + OurHop + Pref, TestName = "next-hop-self")]
    [TestCase("next hop Self, inside", Confederation, Path + TheirHop, Path + OurHop + Pref,
        TestName = "next-hop-self at the border of member ASes")]
    [TestCase("eBGP", External, Path + TheirHop + "C01010 0002FDE900000001 4004FDE949742400",
        Ours + OurHop + "C01008 0002FDE900000001", TestName = "Non-transitive extended communities, RFC 4360 §6")]
    [TestCase("eBGP", External, Path + TheirHop + "C01914 4002 20010DB8000000000000000000000001 0001", Ours + OurHop,
        TestName = "Non-transitive extended communities of IPv6, RFC 5701 §2")]
    [TestCase("iBGP", External, Path + TheirHop + "C01008 4004FDE949742400", Path + TheirHop + Pref + "C01008 4004FDE949742400",
        TestName = "Inside the AS they stay")]
    [TestCase("communities large", External, Path + TheirHop + "C00804 00010002 C01008 0002FDE900000001 C0200C 000000010000000200000003",
        Path + TheirHop + Pref + "C0200C 000000010000000200000003", TestName = "Kinds of communities")]
    [TestCase("draining inside", External, Path + TheirHop, Path + TheirHop + "400504 00000000 C00804 FFFF0000",
        TestName = "GRACEFUL_SHUTDOWN inside, RFC 8326 §4.2")]
    [TestCase("draining outside", External, Path + TheirHop, Ours + OurHop + "C00804 FFFF0000",
        TestName = "GRACEFUL_SHUTDOWN outside, RFC 8326 §4.2")]
    [TestCase("eBGP", External, Path + TheirHop + "801A0B 01000B 0000000000000064", Ours + OurHop, TestName = "AIGP is not sent, RFC 7311 §3.3")]
    [TestCase("AIGP outside", External, Path + TheirHop + "801A0B 01000B 0000000000000064",
        Ours + OurHop + "801A0B 01000B 000000000000006E", TestName = "AIGP grows with our next hop, RFC 7311 §3.4.2")]
    [TestCase("iBGP", External, Path + TheirHop + "801A0B 01000B 0000000000000064",
        Path + TheirHop + Pref + "801A0B 01000B 0000000000000064", TestName = "AIGP with the next hop unchanged")]
    [TestCase("AIGP outside", External, Path + TheirHop + "801A0B 01000B FFFFFFFFFFFFFFFA",
        Ours + OurHop + "801A0B 01000B FFFFFFFFFFFFFFFF", TestName = "AIGP at its end, RFC 7311 §3.4.2")]
    [TestCase("to a customer", External, Path + TheirHop, Ours + OurHop + "C02304 0000FDE8", TestName = "OTC to a customer, RFC 9234 §5 egress 1")]
    [TestCase("to a peer", Local, "400200 ", "400206 0201 0000FDE8 " + OurHop + "C02304 0000FDE8", TestName = "OTC to a peer")]
    [TestCase("to a customer", External, Path + TheirHop + "C02304 00000D1C", Ours + OurHop + "C02304 00000D1C", TestName = "OTC stays as it is")]
    [TestCase("to a provider", External, Path + TheirHop, Ours + OurHop, TestName = "No OTC to a provider")]
    [TestCase("eBGP", External, Path + TheirHop + "E06302 ABCD C06402 ABCD", Ours + OurHop + "E06302 ABCD E06402 ABCD",
        TestName = "Unknown attributes, RFC 4271 §5")]
    public void Attributes_become(string profile, PathSourceKind source, string before, string after)
    {
        Assert.That(Export(Profiles[profile], source, before), Is.EqualTo(Convert.ToHexString(Hex.Parse(Origin + after))));
    }

    [TestCase(External, "FFFFFF01", ExportVerdict.NoExport)]
    [TestCase(External, "FFFFFF03", ExportVerdict.NoExport)]
    [TestCase(Confederation, "FFFFFF01", ExportVerdict.Exported)]
    [TestCase(Confederation, "FFFFFF03", ExportVerdict.NoExport)]
    [TestCase(Internal, "FFFFFF03", ExportVerdict.Exported)]
    [TestCase(Internal, "FFFFFF02", ExportVerdict.NoAdvertise)]
    public void Well_known_communities_stop_at_their_border(PathSourceKind peer, string community, ExportVerdict verdict) => // RFC 1997
        Assert.That(Judge(new ExportProfile { Kind = peer }, External, $"C00804 {community}"), Is.EqualTo(verdict));

    [Test]
    public void Another_as_is_told_nothing_without_a_policy() => // RFC 8212 §2
        Assert.That(Judge(Outside with { LacksPolicy = true }, Local, ""), Is.EqualTo(ExportVerdict.NoPolicy));

    [TestCase(PeerRole.Customer, ExportVerdict.OnlyToCustomer)]
    [TestCase(PeerRole.Peer, ExportVerdict.OnlyToCustomer)]
    [TestCase(PeerRole.RouteServerClient, ExportVerdict.OnlyToCustomer)]
    [TestCase(PeerRole.Provider, ExportVerdict.Exported)]
    [TestCase(PeerRole.RouteServer, ExportVerdict.Exported)]
    [TestCase(null, ExportVerdict.Exported)]
    public void What_is_for_customers_goes_to_them_alone(PeerRole? ours, ExportVerdict verdict) => // RFC 9234 §5, egress 2
        Assert.That(Judge(Outside with { Role = ours }, External, "C02304 0000FDE9"), Is.EqualTo(verdict));

    private static string Export(ExportProfile profile, PathSourceKind kind, string attributes)
    {
        var (key, canonical) = (Key(profile), Hex.Parse(Origin + attributes));
        var own = new SpeakerIdentity(65000, 1, 1, ConfederationId: 0);
        var inputs = DecisionInputsReader.Read(canonical, own);
        var source = new PathSource(kind, 1, 1, IsClient: true, AigpCost: 10);
        var edited = ExportEdits.Edit(new AttributeEditor(), canonical, inputs, source, key);
        var writer = new WireWriter(new byte[4096]);
        ExportAttributes.Write(ref writer, edited, inputs, source, key, own, AfiSafi.IPv4Unicast);
        return Convert.ToHexString(writer.Written);
    }

    private static ExportVerdict Judge(ExportProfile profile, PathSourceKind source, string attributes)
    {
        var inputs = DecisionInputsReader.Read(Hex.Parse(attributes), new SpeakerIdentity(65000, 1, 1));
        return ExportRules.Judge(Key(profile), new PathSource(source, 1, 1, IsClient: false), inputs);
    }

    private static ExportKey Key(ExportProfile profile) => new(
        profile, IsClient: true, Prefix.ToInteger(IPAddress.Parse("10.0.0.254")), FourOctetAsn: true, RouteFilter.AcceptAll);
}
