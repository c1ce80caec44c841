using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Rib;

/// <summary>IPv4 routes over IPv6 next hops (RFC 8950): in from a neighbour, out to others, and to the sinks.</summary>
[TestFixture]
public sealed class ExtendedNextHopTests : IBestPathSink
{
    private static readonly UInt128 FromLink = Prefix.ToInteger(IPAddress.Parse("fe80::1"));

    private readonly Dictionary<Prefix, ImmutableArray<IPAddress>> _told = [];

    [Test]
    public void A_route_in_over_a_link_local_session_goes_out_as_each_neighbour_takes_it()
    {
        _told.Clear();
        var bench = new RibHarness(sinks: this);
        Up(bench, 1, "fe80::1%7", "fe80::fe%7", extended: true);
        var external = Up(bench, 2, "fd00::2", "fd00::fe", extended: true);
        var externalWithout = Up(bench, 3, "10.0.0.3", "10.0.0.254", extended: false);
        var inside = Up(bench, 4, "fd00::4", "fd00::fe", extended: true, external: false);
        var insideWithout = Up(bench, 5, "10.0.0.5", "10.0.0.254", extended: false, external: false);
        bench.EndOfRib(1);
        bench.Announce(1, new RouteModel { AsPath = [64501], NextHop = FromLink }, "10.1.0.0/24");
        bench.Settle();

        Assert.That(Held(external).NextHop, Is.EqualTo(Prefix.ToInteger(IPAddress.Parse("fd00::fe"))), "ourselves");
        Assert.That(Held(externalWithout).NextHop, Is.EqualTo(Prefix.ToInteger(IPAddress.Parse("10.0.0.254"))));
        Assert.That(Held(inside).NextHop, Is.EqualTo(Prefix.ToInteger(IPAddress.Parse("fd00::fe"))), "fe80::1 is on our link alone");
        Assert.That(Held(insideWithout).NextHop, Is.EqualTo(Prefix.ToInteger(IPAddress.Parse("10.0.0.254"))));
        Assert.That(_told[RibHarness.Parse("10.1.0.0/24")].Single().ToString(), Is.EqualTo("fe80::1%7"));
    }

    [Test]
    public void Inside_the_AS_a_next_hop_goes_on_unchanged_to_those_who_take_it()
    {
        var bench = new RibHarness();
        Up(bench, 1, "fd00::1", "fd00::fe", extended: true);
        var with = Up(bench, 2, "fd00::2", "fd00::fe", extended: true, external: false);
        var without = Up(bench, 3, "10.0.0.3", "10.0.0.254", extended: false, external: false);
        var nextHop = Prefix.ToInteger(IPAddress.Parse("fd00::1"));
        bench.Announce(1, new RouteModel { AsPath = [64501], NextHop = nextHop }, "10.1.0.0/24");
        bench.Settle();
        Assert.That(Held(with).NextHop, Is.EqualTo(nextHop), "RFC 8950 §3");
        Assert.That(without.Held, Is.Empty, "RFC 8950 §4: it did not say that it takes such a next hop");
    }

    [TestCase("0001 01 10 20010DB8000000000000000000000002 00", "IPv6 global", true)]
    [TestCase("0001 01 20 20010DB8000000000000000000000002 FE800000000000000000000000000002 00", "with a link-local one", true)]
    [TestCase("0001 01 20 00000000000000000000000000000000 FE800000000000000000000000000002 00", "link-local alone", true)]
    [TestCase("0001 01 10 00000000000000000000000000000001 00", "IPv4-compatible", false)]
    [TestCase("0001 01 10 FF020000000000000000000000000001 00", "multicast", false)]
    public void Next_hops_are_judged(string reach, string what, bool isGood)
    {
        var value = Wire.Hex.Parse(reach + "10 0A01");
        var attributes = "400101 00 400206 0201 0000FDE9 800E" + Convert.ToHexString([(byte)value.Length]) + Convert.ToHexString(value);
        var body = Wire.UpdateJudge.Body("", attributes, "");
        var context = new Routing.Bgp.Wire.Updates.UpdateContext(
            [AfiSafi.IPv4Unicast], isExternal: true, fourOctetAsn: true, []);
        var extended = new Routing.Bgp.Wire.Updates.UpdateContext(
            [AfiSafi.IPv4Unicast], isExternal: true, fourOctetAsn: true, [])
        {
            ExtendedNextHop = true,
        };
        Assert.That(Wire.UpdateJudge.Take(body, extended).Entries.Single(),
            Does.StartWith(isGood ? "Announce 10.1.0.0/16" : "Withdraw 10.1.0.0/16"), what);
        Assert.That(Wire.UpdateJudge.Take(body, context).Outcome.ToString(), Is.EqualTo("SessionReset"), "not negotiated");
    }

    public void OnBestPaths(ReadOnlySpan<BestPathChange> changes)
    {
        foreach (var change in changes)
        {
            _told[change.Prefix] = change.NextHops;
        }
    }

    public void OnConverged(AfiSafi family)
    {
    }

    private static RouteModel Held(RecordingOutput output) => output.Held[RibHarness.Parse("10.1.0.0/24")];

    private static RecordingOutput Up(
        RibHarness bench, int number, string remote, string local, bool extended, bool external = true)
    {
        bench.Add(number, external);
        var output = bench.Outputs[number] = new RecordingOutput();
        bench.Rib.Sessions.PeerUp(new PeerUp
        {
            Peer = RibHarness.Index(number),
            Output = output,
            PeerAsn = external ? 64500u + (uint)number : RibHarness.OwnAsn,
            PeerIdentifier = (uint)number,
            PeerAddress = IPAddress.Parse(remote),
            LocalAddress = IPAddress.Parse(local),
            Families = [AfiSafi.IPv4Unicast],
            FourOctetAsn = true,
            ExtendedNextHop = extended,
            SendsEndOfRib = false,
        });
        return output;
    }
}
