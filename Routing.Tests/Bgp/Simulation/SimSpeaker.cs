using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Tests.Bgp.Rib;

namespace Routing.Tests.Bgp.Simulation;

/// <summary>A speaker of the simulation: the real RIB, whose turns the scheduler gives, and its sessions.</summary>
internal sealed class SimSpeaker
{
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan SelectionDeferralTime = TimeSpan.FromSeconds(20);

    private readonly SimScheduler _scheduler;
    private readonly List<SimSession> _sessions = [];
    private bool _isAwake;
    private int _life;

    public SimSpeaker(SimScheduler scheduler, int number, uint asn)
    {
        _scheduler = scheduler;
        (Number, Asn, RouterId) = (number, asn, 0x0A000001 + (uint)number);
        IPv4 = Prefix.ToAddress(AfiSafi.IPv4Unicast, RouterId);
        IPv6 = IPAddress.Parse($"fd00::{number + 1:x}");
        Rib = NewRib();
    }

    public static ImmutableArray<AfiSafi> Families { get; } = [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast];

    public int Number { get; }

    public uint Asn { get; }

    public uint RouterId { get; }

    public IPAddress IPv4 { get; }

    public IPAddress IPv6 { get; }

    public RibEngine Rib { get; private set; }

    public IReadOnlyList<SimSession> Sessions => _sessions;

    /// <summary>How long it keeps routes past a restart time, and wants its own to be kept (RFC 9494); zero when it does not
    /// know of that.</summary>
    public TimeSpan LongLivedStaleTime { get; init; }

    /// <summary>Its own prefixes; they outlive the process.</summary>
    public HashSet<Prefix> Originated { get; } = [];

    public bool IsRunning { get; private set; }

    /// <summary>The process came back and its forwarding state had stood meanwhile (RFC 4724 §4.1).</summary>
    public bool IsRestarting { get; private set; }

    public SimSession AddSession(SimLink link, SimSpeaker peer, SimRole role, bool listens)
    {
        var index = new PeerIndex((ushort)(_sessions.Count + 1));
        var session = new SimSession(_scheduler, this, link, peer, index, role, listens);
        _sessions.Add(session);
        return session;
    }

    public void Start(bool restarting)
    {
        (IsRunning, IsRestarting) = (true, restarting);
        Rib = NewRib();
        foreach (var session in _sessions)
        {
            Rib.AddPeer(session.Index, new RibPeerConfig
            {
                Name = NameOf(session.Peer),
                ExportProfile = new ExportProfile
                {
                    Kind = session.IsExternal ? PathSourceKind.External : PathSourceKind.Internal,
                    PrependedAsn = session.IsExternal ? Asn : 0,
                },
                RouteReflectorClient = session.Role == SimRole.Client,
                AddPathMaximum = session.MostPaths,
                Families = Families,
            });
        }

        Rib.Originate(Originated, []);
        Rib.Start();
        var life = ++_life;
        _scheduler.After(SelectionDeferralTime, () =>
        {
            if (life == _life)
            {
                Rib.DeferralTimeExpired();
                Wake();
            }
        });
        foreach (var session in _sessions)
        {
            session.Start();
        }

        Wake();
    }

    /// <summary>kill -9.</summary>
    public void Die()
    {
        IsRunning = false;
        _life++;
        foreach (var session in _sessions)
        {
            session.Die();
        }
    }

    public void Originate(Prefix prefix, bool announce)
    {
        if (announce ? Originated.Add(prefix) : Originated.Remove(prefix))
        {
            Rib.Originate(announce ? [prefix] : [], announce ? [] : [prefix]);
            Wake();
        }
    }

    /// <summary>The RIB has something to do: it gets a turn soon, after whatever else comes before.</summary>
    public void Wake()
    {
        if (_isAwake)
        {
            return;
        }

        _isAwake = true;
        _scheduler.After(_scheduler.Between(TimeSpan.Zero, LongestTurn), () =>
        {
            _isAwake = false;
            if (IsRunning && Rib.Run())
            {
                Wake();
            }
        });
    }

    /// <summary>The best path of every prefix: the peer's name, null for our own.</summary>
    public Dictionary<Prefix, PathStatus> BestPaths()
    {
        var routes = new Dictionary<Prefix, PathStatus>();
        foreach (var family in Families)
        {
            for (var row = 1; row != 0;)
            {
                foreach (var route in new RouteReader(Rib.Tables, new RouteQuery()).ReadPage(family, ref row))
                {
                    if (route.Best is { } best)
                    {
                        routes.Add(route.Prefix, best);
                    }
                }
            }
        }

        return routes;
    }

    /// <summary>What it should have chosen and told, from scratch: from what its neighbours' messages say.</summary>
    public ReferenceExport FromScratch()
    {
        var reference = new ReferenceExport { OwnAsn = Asn, OwnId = RouterId, OwnIPv4 = IPv4, OwnIPv6 = IPv6 };
        reference.Add(ReferenceExport.Local, new PathSource(PathSourceKind.Local, RouterId, 0, IsClient: false));
        foreach (var prefix in Originated)
        {
            reference.Announce(ReferenceExport.Local, new RouteModel(), prefix);
        }

        foreach (var session in _sessions)
        {
            reference.Add(session.Index.Value, new PathSource(
                session.IsExternal ? PathSourceKind.External : PathSourceKind.Internal,
                session.Peer.RouterId,
                Prefix.ToInteger(session.Peer.IPv4.MapToIPv6()),
                session.Role == SimRole.Client));
            foreach (var ((prefix, pathId), route) in session.IsEstablished ? session.Hearing.Routes : [])
            {
                reference.Announce(session.Index.Value, route, prefix, pathId);
            }
        }

        return reference;
    }

    public static string NameOf(SimSpeaker speaker) => $"speaker-{speaker.Number}";

    private RibEngine NewRib() =>
        new(new RibConfig(new SpeakerIdentity(Asn, RouterId, RouterId), IsRestarting), []);
}
