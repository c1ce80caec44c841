using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Routing.Bgp.Bmp;
using Routing.Bgp.Mrt;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Rpki;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Speaker;

/// <summary>What there is, for whoever asks.</summary>
public sealed partial class BgpSpeaker
{
    /// <summary>The neighbours, ordered by name.</summary>
    public async Task<ImmutableArray<PeerStatus>> GetPeersAsync(CancellationToken cancellationToken)
    {
        var peers = _peers.All;
        var routes = await _rib.AskAsync(static rib => PeerStatusReader.ReadFamilies(rib.Tables), cancellationToken);
        return
        [
            .. peers.Select(peer => PeerStatusReader.Read(
                    peer, routes.GetValueOrDefault(peer.Index, []), _time.GetUtcNow()))
                .OrderBy(peer => peer.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Names of the neighbours, in order.</summary>
    public ImmutableArray<string> PeerNames => [.. _peers.All.Select(peer => peer.Name).Order(StringComparer.Ordinal)];

    /// <summary>The name of a neighbour that an operator means by its name or its address; null when there is none.</summary>
    public string? FindPeer(string nameOrAddress) => _peers.Find(nameOrAddress)?.Name;

    /// <summary>Why a prefix is as it is; null when there is no path to it.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="longestMatch">When it is not there, the longest one that covers it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<RouteExplanation?> ExplainAsync(
        Prefix prefix, bool longestMatch, CancellationToken cancellationToken) =>
        _rib.AskAsync(rib => new RouteExplainer(rib.Tables).Explain(prefix, longestMatch), cancellationToken);

    /// <summary>Sizes of the tables.</summary>
    public Task<TableStatus> GetTablesAsync(CancellationToken cancellationToken) => _rib.AskAsync(
        static rib => new TableStatus(
            rib.Tables.Paths.Count,
            rib.Tables.Attributes.Count,
            [
                .. rib.Tables.Families.Select(family => new TableFamilyStatus(
                    family.Family,
                    family.LocRib.Prefixes.Count,
                    family.In(PeerIndex.Local).Received,
                    !family.IsDeferring)),
            ]),
        cancellationToken);

    /// <summary>BFD packets that came from nobody we have a session with.</summary>
    public long BfdPacketsDiscarded => _bfd.PacketsDiscarded;

    /// <summary>What is known from the RPKI, and from whom.</summary>
    public RpkiStatus GetRpki() => _rpki.Status;

    /// <summary>Routes that match, a page at a time and in no order: the RIB goes on working in between, so a long answer
    /// is not one moment's picture.</summary>
    public async IAsyncEnumerable<RouteStatus> GetRoutesAsync(
        RouteQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        AfiSafi[] families = query.Family is { } only ? [only] : [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast];
        foreach (var family in families)
        {
            var row = 1;
            while (row != 0)
            {
                var page = await _rib.AskAsync(
                    rib => new RouteReader(rib.Tables, query).ReadPage(family, ref row), cancellationToken);
                foreach (var route in page)
                {
                    yield return route;
                }
            }
        }
    }

    /// <summary>How far the reading of <see cref="SpeakerConfig.MrtSources"/> has come.</summary>
    public ImmutableArray<MrtSourceStatus> GetMrtSources() => _mrtSources.Status;

    /// <summary>The monitoring stations.</summary>
    public ImmutableArray<BmpStationStatus> GetBmpStations() => _bmpStations.Status;

    /// <summary>The update logs.</summary>
    public ImmutableArray<MrtLogStatus> GetMrtLogs() => _mrtLogs.Status;

    /// <summary>Writes the tables as an MRT dump (RFC 6396 §4.3), while the RIB goes on working: the dump is no one moment's
    /// picture.</summary>
    /// <param name="table">Which paths.</param>
    /// <param name="destination">Where to; one that is slow slows the dump and nothing else. Left open.</param>
    public Task DumpTableAsync(MrtTable table, Stream destination, CancellationToken cancellationToken) =>
        TableDump.WriteAsync(
            _rib,
            _own,
            [
                .. _peers.All.Select(peer => new TableDumpPeer(peer.Index, peer.Address, peer.Config.Asn)),
                .. _mrtSources.DumpPeers,
            ],
            table,
            _time.GetUtcNow(),
            destination,
            cancellationToken);
}
