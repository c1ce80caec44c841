using System.Diagnostics.Metrics;
using Routing.Agent.Grpc;
using Routing.Bgp.Bfd;
using Routing.Bgp.Fsm;
using Routing.Bgp.Rpki;
using Routing.Bgp.Session;
using Routing.Bgp.Speaker;

namespace Routing.Agent.Metrics;

/// <summary>The speaker's instruments, all read off a <see cref="BgpSample"/> when someone scrapes. Labels are configured
/// peers, families, message types and error codes, never prefixes: their number is bounded by the configuration. What is
/// no longer in the sample, a removed peer, is no longer measured.</summary>
internal sealed class BgpMetrics : IDisposable
{
    /// <summary>Name of the meter; the exporter makes it routing_bgp_ before every instrument's name.</summary>
    public const string MeterName = "routing.bgp";

    private readonly Meter _meter = new(MeterName);
    private readonly BgpSample _sample;

    public BgpMetrics(BgpSample sample)
    {
        _sample = sample;
        AddSessions();
        AddMessages();
        AddPrefixes();
        AddTables();
        AddBfd();
        AddRpki();
    }

    public void Dispose() => _meter.Dispose();

    private void AddSessions()
    {
        // As BGP4-MIB numbers them (RFC 4273, bgpPeerState): idle(1) to established(6).
        Gauge("session_state", "State: 1 Idle, 2 Connect, 3 Active, 4 OpenSent, 5 OpenConfirm, 6 Established.",
            peer => (int)peer.State + 1);
        Gauge("session_established", "1 when the session is Established.",
            peer => peer.State == SessionState.Established ? 1 : 0);
        Gauge("session_shut_down", "1 when an operator has shut the peer down.",
            peer => peer.ShutdownReason is null ? 0 : 1);
        _meter.CreateObservableGauge("session_uptime_seconds",
            () => _sample.Peers.Select(peer => Measure(peer.Uptime.TotalSeconds, peer)),
            "s", "Time since the session became Established; 0 when it is not.");
        Counter("session_established_count", "Times the session became Established.",
            peer => peer.Session.EstablishedCount);
        Counter("session_flaps", "Times the session left Established.", peer => peer.Session.Flaps);
        Counter("session_hold_timer_expiries", "Times the peer was silent for a hold time.",
            peer => peer.Session.HoldTimerExpiries);
    }

    private void AddMessages()
    {
        CounterByType("messages_received", "Messages from the peer.", messages => messages.Received);
        CounterByType("messages_sent", "Messages to the peer.", messages => messages.Sent);
        Counter("octets_received", "Octets from the peer.", peer => peer.Messages.OctetsReceived);
        Counter("octets_sent", "Octets to the peer.", peer => peer.Messages.OctetsSent);
        CounterByCode("notifications_received", "NOTIFICATIONs from the peer.", messages => messages.NotificationsReceived);
        CounterByCode("notifications_sent", "NOTIFICATIONs to the peer.", messages => messages.NotificationsSent);
        Counter("updates_treated_as_withdraw", "UPDATEs with an error that cost their routes (RFC 7606).",
            peer => peer.Messages.TreatedAsWithdraw);
        Counter("updates_attribute_discarded", "UPDATEs with an error that cost an attribute (RFC 7606).",
            peer => peer.Messages.AttributesDiscarded);
    }

    private void AddPrefixes()
    {
        GaugeByFamily("prefixes_received", "Prefixes held of what the peer sent.", family => family.Received);
        GaugeByFamily("prefixes_accepted", "Those that may be chosen.", family => family.Accepted);
        GaugeByFamily("prefixes_stale", "Those kept over the peer's restart.", family => family.Stale);
        GaugeByFamily("prefixes_advertised", "Prefixes the peer was told.", family => family.Advertised);
    }

    private void AddTables()
    {
        _meter.CreateObservableGauge("table_prefixes",
            () => (_sample.Tables?.Families ?? []).Select(family => new Measurement<long>(
                family.Prefixes, Label("family", Families.NameOf(family.Family)))),
            description: "Prefixes with a path.");
        _meter.CreateObservableGauge("table_paths", () => (long)(_sample.Tables?.Paths ?? 0), description: "Paths held.");
        _meter.CreateObservableGauge("table_attribute_sets",
            () => (long)(_sample.Tables?.AttributeSets ?? 0), description: "Different sets of attributes.");
        _meter.CreateObservableGauge("watchers", () => (long)_sample.Watchers, description: "Who runs `bgp watch`.");
        _meter.CreateObservableGauge("range_peers", () => RangePeers(_ => true),
            description: "Peers out of a range, which have no series of their own.");
        _meter.CreateObservableGauge("range_peers_established",
            () => RangePeers(peer => peer.State == SessionState.Established), description: "Those that are Established.");
    }

    /// <summary>Of peers that have BFD.</summary>
    private void AddBfd()
    {
        _meter.CreateObservableGauge("bfd_up",
            () => BfdPeers().Select(peer => Measure(peer.Bfd!.State == BfdState.Up ? 1L : 0, peer)),
            description: "1 when the BFD session is Up.");
        _meter.CreateObservableCounter("bfd_failures", () => BfdPeers().Select(peer => Measure((long)peer.Bfd!.Failures, peer)),
            description: "Times the path failed while the BFD session was Up.");
        _meter.CreateObservableCounter("bfd_packets_discarded", () => _sample.BfdPacketsDiscarded,
            description: "BFD packets that came from nobody we have a session with.");
    }

    private IEnumerable<PeerStatus> BfdPeers() => _sample.Peers.Where(peer => peer.Bfd is not null);

    private void AddRpki()
    {
        _meter.CreateObservableGauge("rpki_vrps",
            () => _sample.Rpki is not { } rpki ? Array.Empty<Measurement<long>>() :
            [
                new Measurement<long>(rpki.IPv4Vrps, Label("family", "ipv4")),
                new Measurement<long>(rpki.IPv6Vrps, Label("family", "ipv6")),
            ],
            description: "ROA payloads that count.");
        _meter.CreateObservableGauge("rpki_aspas", () => (long)(_sample.Rpki?.Aspas ?? 0), description: "ASPA payloads that count.");
        _meter.CreateObservableGauge("rpki_caches", () => (long)(_sample.Rpki?.Caches.Length ?? 0), description: "RPKI caches.");
        _meter.CreateObservableGauge("rpki_caches_synchronized",
            () => (long)(_sample.Rpki?.Caches.Count(cache => cache.State == RpkiCacheState.Synchronized) ?? 0),
            description: "Those that are connected and have told all.");
    }

    /// <summary>A range's name stands before the address in the names of its peers.</summary>
    private IEnumerable<Measurement<long>> RangePeers(Predicate<PeerStatus> counts) =>
        _sample.DynamicPeers.GroupBy(peer => peer.Name[..peer.Name.LastIndexOf('/')]).Select(range =>
            new Measurement<long>(range.Count(peer => counts(peer)), Label("range", range.Key)));

    private void Gauge(string name, string description, Func<PeerStatus, long> read) => _meter.CreateObservableGauge(
        name, () => _sample.Peers.Select(peer => Measure(read(peer), peer)), description: description);

    private void Counter(string name, string description, Func<PeerStatus, long> read) => _meter.CreateObservableCounter(
        name, () => _sample.Peers.Select(peer => Measure(read(peer), peer)), description: description);

    private void GaugeByFamily(string name, string description, Func<PeerFamilyStatus, long> read) =>
        _meter.CreateObservableGauge(
            name,
            () => _sample.Peers.SelectMany(peer => peer.Families.Select(family =>
                Measure(read(family), peer, Label("family", Families.NameOf(family.Family))))),
            description: description);

    private void CounterByType(string name, string description, Func<PeerMessageStatus, MessageCounts> read) =>
        _meter.CreateObservableCounter(
            name, () => _sample.Peers.SelectMany(peer => ByType(peer, read(peer.Messages))), description: description);

    private void CounterByCode(
        string name, string description, Func<PeerMessageStatus, IEnumerable<NotificationCount>> read) =>
        _meter.CreateObservableCounter(
            name,
            () => _sample.Peers.SelectMany(peer => read(peer.Messages)
                .Select(each => Measure(each.Count, peer, Label("code", each.Code)))),
            description: description);

    private static IEnumerable<Measurement<long>> ByType(PeerStatus peer, MessageCounts counts) =>
    [
        Measure(counts.Open, peer, Label("type", "open")),
        Measure(counts.Update, peer, Label("type", "update")),
        Measure(counts.Notification, peer, Label("type", "notification")),
        Measure(counts.Keepalive, peer, Label("type", "keepalive")),
        Measure(counts.RouteRefresh, peer, Label("type", "route-refresh")),
    ];

    private static Measurement<T> Measure<T>(T value, PeerStatus peer, params ReadOnlySpan<KeyValuePair<string, object?>> more)
        where T : struct => new(value, [Label("peer", peer.Name), .. more]);

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
