using Routing.Bgp.Fsm;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Tests.Bgp.Fsm;

[TestFixture]
public sealed class OpenNegotiationTests
{
    private static readonly LocalOpen Local = new()
    {
        Asn = 65000,
        BgpIdentifier = 1,
        HoldTime = TimeSpan.FromSeconds(90),
        Families = [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast],
        RestartTime = TimeSpan.FromSeconds(120),
    };

    private static readonly OpenMessage Peer = new()
    {
        MyAsn = 65001,
        HoldTimeSeconds = 30,
        BgpIdentifier = 2,
        Capabilities =
        [
            new MultiprotocolCapability(AfiSafi.IPv6Unicast),
            new MultiprotocolCapability(AfiSafi.IPv4Unicast),
            new FourOctetAsnCapability(65001),
        ],
    };

    [TestCase(PeerRole.Provider, "3", false, true)]
    [TestCase(PeerRole.Customer, "0", false, true)]
    [TestCase(PeerRole.Peer, "4", false, true)]
    [TestCase(PeerRole.RouteServer, "2", false, true)]
    [TestCase(PeerRole.RouteServerClient, "1", false, true)]
    [TestCase(PeerRole.Provider, "0", false, false)]
    [TestCase(PeerRole.Peer, "3", false, false)]
    [TestCase(PeerRole.Peer, "9", false, false, TestName = "A role nobody knows")]
    [TestCase(PeerRole.Provider, "", false, true, TestName = "A peer that says nothing")]
    [TestCase(PeerRole.Provider, "", true, false, TestName = "A peer that says nothing, strictly")]
    [TestCase(PeerRole.Provider, "33", true, true, TestName = "A role said twice")]
    [TestCase(PeerRole.Provider, "34", false, false, TestName = "Two roles")]
    [TestCase(null, "0", false, true, TestName = "We say nothing")]
    public void Roles_must_go_together(PeerRole? ours, string theirs, bool strict, bool agree) // RFC 9234 §4.2
    {
        var local = Local with { Role = ours, StrictRole = strict };
        var peer = Peer with
        {
            Capabilities = [.. Peer.Capabilities, .. theirs.Select(role => new RoleCapability((PeerRole)(role - '0')))],
        };
        Assert.That(OpenNegotiation.TryNegotiate(local, 65001, peer, out _, out var error), Is.EqualTo(agree), error?.Reason);
        Assert.That(error?.Notification.Subcode, Is.EqualTo(agree ? null : (byte?)11));
    }

    [Test]
    public void Both_sides_agree_on_the_smaller_hold_time_and_the_families_in_common()
    {
        var session = Accept(Peer, 65001);
        Assert.Multiple(() =>
        {
            Assert.That(session.HoldTime, Is.EqualTo(TimeSpan.FromSeconds(30)));
            Assert.That(session.Families, Is.EqualTo(new[] { AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast }));
            Assert.That(session.FourOctetAsn, Is.True);
            Assert.That(session.IsExternal, Is.True);
            Assert.That(session.RouteRefresh, Is.False);
            Assert.That(session.GracefulRestart, Is.Null);
        });
    }

    [Test]
    public void A_peer_without_capabilities_speaks_ipv4_with_two_octet_as_numbers()
    {
        var session = Accept(Peer with { Capabilities = [] }, 65001);
        Assert.That(session.Families, Is.EqualTo(new[] { AfiSafi.IPv4Unicast }), "RFC 4760 §8");
        Assert.That(session.FourOctetAsn, Is.False);
    }

    [Test]
    public void The_four_octet_as_number_is_the_one_that_counts()
    {
        var open = Peer with { MyAsn = 23456, Capabilities = [new FourOctetAsnCapability(4200000001)] };
        Assert.That(Accept(open, 4200000001).PeerAsn, Is.EqualTo(4200000001));
    }

    [Test]
    public void A_hold_time_of_zero_wins() =>
        Assert.That(Accept(Peer with { HoldTimeSeconds = 0 }, 65001).HoldTime, Is.EqualTo(TimeSpan.Zero));

    [Test]
    public void Only_families_of_the_session_are_retained()
    {
        var restart = new GracefulRestartCapability
        {
            RestartTimeSeconds = 60,
            Families =
            [
                new GracefulRestartFamily(AfiSafi.IPv4Unicast, true),
                new GracefulRestartFamily(AfiSafis.Create(1, 128), true),
            ],
        };
        var session = Accept(Peer with { Capabilities = Peer.Capabilities.Add(restart) }, 65001);
        Assert.That(session.RetainedFamilies, Is.EqualTo(new[] { AfiSafi.IPv4Unicast }));
    }

    [Test]
    public void Equal_identifiers_are_fine_between_ases_and_wrong_inside_one()
    {
        Accept(Peer with { BgpIdentifier = 1 }, 65001);
        var inside = Peer with { MyAsn = 65000, BgpIdentifier = 1, Capabilities = [] };
        Refuse(inside, 65000, OpenErrorSubcode.BadBgpIdentifier);
    }

    [Test]
    public void What_cannot_stand_has_its_subcode()
    {
        Refuse(Peer, 65002, OpenErrorSubcode.BadPeerAs);
        Refuse(Peer with { MyAsn = 0, Capabilities = [] }, 0, OpenErrorSubcode.BadPeerAs);
        Refuse(Peer with { BgpIdentifier = 0 }, 65001, OpenErrorSubcode.BadBgpIdentifier);
        Refuse(Peer with { HoldTimeSeconds = 1 }, 65001, OpenErrorSubcode.UnacceptableHoldTime);
        Refuse(Peer with { HoldTimeSeconds = 2 }, 65001, OpenErrorSubcode.UnacceptableHoldTime);
        Accept(Peer with { HoldTimeSeconds = 3 }, 65001);
    }

    [Test]
    public void No_family_in_common_names_the_capabilities_that_are_missing()
    {
        var open = Peer with { Capabilities = [new MultiprotocolCapability(AfiSafis.Create(25, 65))] };
        var notification = Refuse(open, 65001, OpenErrorSubcode.UnsupportedCapability);
        var missing = Convert.ToHexString(notification.Data.Span);
        Assert.That(missing, Is.EqualTo("010400010001" + "010400020001"), "RFC 5492 §5");
    }

    [Test]
    public void Our_open_reads_back_as_it_was_meant()
    {
        var message = (Local with { Asn = 4200000001, RestartState = true, ForwardingPreserved = true }).ToMessage();
        Assert.That(message.MyAsn, Is.EqualTo(23456));
        Assert.That(message.Capabilities.Select(capability => capability.Code), Is.EqualTo(new[]
        {
            CapabilityCode.Multiprotocol, CapabilityCode.Multiprotocol, CapabilityCode.RouteRefresh,
            CapabilityCode.EnhancedRouteRefresh, CapabilityCode.FourOctetAsn, CapabilityCode.GracefulRestart,
        }));
    }

    [TestCase(3, 3, true, true)]
    [TestCase(1, 2, true, false, TestName = "We receive and the peer would send")]
    [TestCase(1, 1, false, false, TestName = "Both only receive")]
    [TestCase(2, 3, false, true)]
    [TestCase(3, 0, false, false, TestName = "The peer has no such capability")]
    [TestCase(3, 4, false, false, TestName = "A mode that is not defined: as if it were not there")]
    public void Path_identifiers_go_one_way_when_one_side_sends_and_the_other_receives(
        int ours, int theirs, bool receives, bool sends)
    {
        // RFC 7911 §4.
        var local = Local with { AddPath = (AddPathMode)ours };
        var value = new WireReader([0, 1, 1, (byte)theirs]);
        var open = Peer with
        {
            Capabilities = theirs == 0 ? Peer.Capabilities : [.. Peer.Capabilities, AddPathCapability.Decode(value)!],
        };
        Assert.That(OpenNegotiation.TryNegotiate(local, 65001, open, out var session, out _));
        Assert.That(session!.ReceivesPathIds, Is.EqualTo(receives ? new[] { AfiSafi.IPv4Unicast } : []));
        Assert.That(session.SendsPathIds, Is.EqualTo(sends ? new[] { AfiSafi.IPv4Unicast } : []));
    }

    [TestCase(2u, 1u, 1u, 1u, true)]
    [TestCase(1u, 1u, 2u, 1u, false)]
    [TestCase(0xFFFFFFFFu, 1u, 1u, 1u, true, TestName = "Identifiers are unsigned")]
    [TestCase(1u, 65001u, 1u, 65000u, true, TestName = "RFC 6286 §2.3")]
    public void A_collision_keeps_the_connection_of_the_higher_identifier(
        uint localIdentifier, uint localAsn, uint peerIdentifier, uint peerAsn, bool keepsOurs) =>
        Assert.That(Collision.KeepsOurs(localIdentifier, localAsn, peerIdentifier, peerAsn), Is.EqualTo(keepsOurs));

    [Test]
    public void Idle_hold_doubles_up_to_its_ceiling_and_jitter_takes_off_a_quarter_at_most()
    {
        var ceiling = TimeSpan.FromSeconds(5);
        var seconds = Enumerable.Range(1, 5).Select(n => IdleHoldBackoff.Next(n, ceiling, 0).TotalSeconds);
        Assert.That(seconds, Is.EqualTo(new[] { 1.0, 2, 4, 5, 5 }));
        Assert.That(IdleHoldBackoff.Next(1000, IdleHoldBackoff.Longest, 0), Is.EqualTo(TimeSpan.FromMinutes(2)));
        Assert.That(IdleHoldBackoff.Next(1, ceiling, 0.999).TotalSeconds, Is.EqualTo(0.75).Within(0.01));
    }

    private static NegotiatedSession Accept(OpenMessage peer, uint expectedAsn)
    {
        var accepted = OpenNegotiation.TryNegotiate(Local, expectedAsn, peer, out var session, out var error);
        Assert.That(accepted, Is.True, error?.Reason);
        return session!;
    }

    private static NotificationMessage Refuse(OpenMessage peer, uint expectedAsn, OpenErrorSubcode subcode)
    {
        Assert.That(OpenNegotiation.TryNegotiate(Local, expectedAsn, peer, out _, out var error), Is.False);
        Assert.That(error!.Notification.Code, Is.EqualTo(NotificationCode.OpenMessageError));
        Assert.That((OpenErrorSubcode)error.Notification.Subcode, Is.EqualTo(subcode));
        return error.Notification;
    }
}
