using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Bmp;

/// <summary>One connection to a station, as the RIB sees it: tells it of peers and routes, in the order in which they
/// happen. Lives on the RIB's thread.</summary>
/// <remarks>Routes wait for room in the output and are coalesced. What happens to peers is told at once; a station that
/// reads so little that even this piles up is given up, and begins anew when it is back.</remarks>
internal sealed class BmpMonitor : IRibMonitor
{
    /// <summary>Octets in the output at which the station is given up; routes stop at
    /// <see cref="OutputQueue.Capacity"/>.</summary>
    private const long MostQueued = 4 * OutputQueue.Capacity;

    private readonly RibTables _rib;
    private readonly BmpViews _views;
    private readonly OutputQueue _output;
    private readonly TimeProvider _time;
    private readonly Action _giveUp;
    private readonly byte[] _initiation;
    private readonly MonitoredPeers _peers;
    private readonly ImmutableArray<MonitorFeed> _feeds;
    private readonly Dictionary<PeerIndex, List<AdjRibOutWatch>> _watches = [];
    private bool _isBlocked;

    /// <param name="rib">The tables.</param>
    /// <param name="views">What the station gets.</param>
    /// <param name="initiation">Its first message.</param>
    /// <param name="output">Where messages go.</param>
    /// <param name="time">Stands in messages.</param>
    /// <param name="giveUp">Ends the connection; called when the station does not read.</param>
    public BmpMonitor(
        RibTables rib, BmpViews views, byte[] initiation, OutputQueue output, TimeProvider time, Action giveUp)
    {
        (_rib, _views, _initiation, _output, _time, _giveUp) = (rib, views, initiation, output, time, giveUp);
        _peers = new MonitoredPeers(rib.Own);
        _feeds = [.. rib.Families.Select(family => new MonitorFeed(rib, family, views, _peers))];
    }

    /// <inheritdoc/>
    public IJournalReader ReaderOf(AfiSafi family) => FeedOf(family);

    /// <inheritdoc/>
    public void OnAdded()
    {
        Tell(_initiation);
        if (Has(BmpViews.LocRib))
        {
            // RFC 9069 §4.4, §5.2: OPENs made up, with the capabilities that say how to read the UPDATEs.
            var open = LocRibOpen();
            Tell(BmpMessages.PeerUp(
                _peers.LocRib, BmpPeerFlags.None, Now, new IPEndPoint(IPAddress.Any, 0), 0, open, open));
        }

        foreach (var peer in _rib.Peers.Values)
        {
            Announce(peer, hasSent: true);
        }
    }

    /// <inheritdoc/>
    public void OnPeerUp(RibPeer peer) => Announce(peer, hasSent: false);

    /// <inheritdoc/>
    public void OnPeerDown(RibPeer peer)
    {
        Unwatch(peer.Index);
        if (_peers.Remove(peer.Index) is { } header)
        {
            Tell(BmpMessages.PeerDown(header, BmpPeerFlags.None, Now, peer.Session!.Trace!.Ending));
            foreach (var feed in _feeds)
            {
                feed.OnPeerDown(peer);
            }
        }
    }

    /// <inheritdoc/>
    public void OnExportChanged(RibPeer peer)
    {
        foreach (var watch in _watches.GetValueOrDefault(peer.Index) ?? [])
        {
            _rib[watch.Family].Out.FollowKey(watch.Member, KeyOf(peer, watch.Family, watch.IsPrePolicy));
        }
    }

    /// <inheritdoc/>
    public void OnEndOfRib(RibPeer peer, AfiSafi family)
    {
        if (_peers.Contains(peer.Index))
        {
            FeedOf(family).OweEndOfRib(peer);
        }
    }

    /// <summary>The output has room again.</summary>
    public void OnOutputReady()
    {
        _isBlocked = false;
        foreach (var watch in _watches.Values.SelectMany(watches => watches))
        {
            watch.Member.IsBlocked = false;
        }
    }

    /// <inheritdoc/>
    public bool Run()
    {
        var worked = false;
        for (var i = 0; i < _feeds.Length && !_isBlocked; i++)
        {
            worked |= _feeds[i].Run(_output, Now, out _isBlocked);
        }

        return worked;
    }

    /// <summary>Tells the station numbers about the peers (RFC 7854 §4.8).</summary>
    public void Report()
    {
        foreach (var (header, session) in _peers.All)
        {
            Tell(BmpMessages.Statistics(header, BmpPeerFlags.None, Now, MonitorStatistics.OfPeer(_rib, session)));
        }

        if (Has(BmpViews.LocRib))
        {
            Tell(BmpMessages.Statistics(_peers.LocRib, BmpPeerFlags.None, Now, MonitorStatistics.OfLocRib(_rib)));
        }
    }

    /// <inheritdoc/>
    public void OnRemoved()
    {
        foreach (var peer in _watches.Keys.ToList())
        {
            Unwatch(peer);
        }

        foreach (var feed in _feeds)
        {
            feed.Release();
        }
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    private bool Has(BmpViews view) => (_views & view) != 0;

    private MonitorFeed FeedOf(AfiSafi family) => _feeds[family == AfiSafi.IPv4Unicast ? 0 : 1];

    /// <param name="peer">A peer; one without a session, or out of a file, is passed over.</param>
    /// <param name="hasSent">It is up for some time: what it has sent by now is its table.</param>
    private void Announce(RibPeer peer, bool hasSent)
    {
        if (peer.Session is not { Trace: { } trace } session)
        {
            return;
        }

        var header = _peers.Add(session);
        Tell(BmpMessages.PeerUp(
            header, BmpPeerFlags.None, trace.Since, trace.Local, trace.RemotePort, trace.SentOpen, trace.ReceivedOpen));
        foreach (var feed in _feeds)
        {
            feed.OnPeerUp(peer, hasSent);
        }

        Watch(peer, header, BmpViews.AdjRibOutPrePolicy, isPrePolicy: true);
        Watch(peer, header, BmpViews.AdjRibOutPostPolicy, isPrePolicy: false);
    }

    private void Watch(RibPeer peer, BmpPeer header, BmpViews view, bool isPrePolicy)
    {
        if (!Has(view))
        {
            return;
        }

        var flags = BmpPeerFlags.AdjRibOut
            | (isPrePolicy ? 0 : BmpPeerFlags.PostPolicy)
            | (peer.Session!.FourOctetAsn ? 0 : BmpPeerFlags.TwoOctetAsPath);
        foreach (var family in peer.Session.Families)
        {
            var member = new GroupMember(peer.Index, new AdjRibOutCopy(header, flags, _time, _output));
            _rib[family].Out.Watch(member, KeyOf(peer, family, isPrePolicy));
            if (!_watches.TryGetValue(peer.Index, out var watches))
            {
                _watches.Add(peer.Index, watches = []);
            }

            watches.Add(new AdjRibOutWatch(family, member, isPrePolicy));
        }
    }

    private void Unwatch(PeerIndex peer)
    {
        if (_watches.Remove(peer, out var watches))
        {
            foreach (var watch in watches)
            {
                _rib[watch.Family].Out.Unwatch(watch.Member);
            }
        }
    }

    private static ExportKey KeyOf(RibPeer peer, AfiSafi family, bool isPrePolicy)
    {
        var key = PeerTerms.KeyFor(peer, family);
        return isPrePolicy ? key.WithoutPolicy() : key;
    }

    private byte[] LocRibOpen() => new OpenMessage
    {
        MyAsn = _rib.Own.Asn <= ushort.MaxValue ? (ushort)_rib.Own.Asn : AsPath.AsTrans,
        HoldTimeSeconds = 0,
        BgpIdentifier = _rib.Own.RouterId,
        Capabilities =
        [
            .. _rib.Families.Select(family => new MultiprotocolCapability(family.Family)),
            new FourOctetAsnCapability(_rib.Own.Asn),
        ],
    }.ToOctets();

    private void Tell(byte[] message)
    {
        _output.WriteOwn(message);
        if (_output.Octets > MostQueued)
        {
            _giveUp();
        }
    }
}
