using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib;

/// <summary>Shows the tables to people: paths decoded, decisions explained. Runs on the RIB's thread, a page at a time.</summary>
internal sealed class RouteReader(Rib rib, RouteQuery query)
{
    /// <summary>Rows looked at in one go, between which the RIB does its work.</summary>
    private const int RowsPerPage = 4096;

    /// <summary>Most routes made into objects in one go.</summary>
    private const int RoutesPerPage = 256;

    /// <summary>Reads on from a row of a family.</summary>
    /// <param name="family">The family.</param>
    /// <param name="row">Where to go on; moved past what was read, 0 at the end.</param>
    public ImmutableArray<RouteStatus> ReadPage(AfiSafi family, ref int row)
    {
        var locRib = rib[family].LocRib;
        if (query is { Prefix: { } prefix, Longer: false })
        {
            row = 0;
            var only = prefix.Family == family ? locRib.Prefixes.Find(prefix) : 0;
            return only != 0 && Read(locRib, only) is { } route ? [route] : [];
        }

        var routes = ImmutableArray.CreateBuilder<RouteStatus>();
        var end = Math.Min(locRib.Prefixes.End, row + RowsPerPage);
        for (; row < end && routes.Count < RoutesPerPage; row++)
        {
            if (locRib.Prefixes[row].InUse
                && (query.Prefix is null || query.Prefix.Value.Contains(locRib.Prefixes.PrefixOf(row)))
                && Read(locRib, row) is { } route)
            {
                routes.Add(route);
            }
        }

        row = row < locRib.Prefixes.End ? row : 0;
        return routes.DrainToImmutable();
    }

    /// <summary>A prefix, or null when no path matches the query.</summary>
    private RouteStatus? Read(LocRib locRib, int row)
    {
        var all = new List<int>();
        for (var path = locRib.Prefixes[row].FirstPath; path != 0; path = rib.Paths[path].Next)
        {
            all.Add(path);
        }

        var candidates = all.Where(path => rib.Paths[path].IsCandidate).Select(CandidateOf).ToList();
        var reasons = ReferenceDecisionProcess.Explain(candidates);
        var best = locRib.BestOf(row);
        var shown = all
            .Where(path => query.Peer is null || PeerName(path) == query.Peer)
            .OrderBy(path => path != best)
            .ThenByDescending(path => reasons.TryGetValue(path, out var step) ? (int)step : -1)
            .ThenBy(path => rib.Paths[path].Peer)
            .Select(path => Describe(
                locRib.Family, path, path == best, reasons.TryGetValue(path, out var step) ? step : ExclusionOf(path)))
            .ToImmutableArray();
        return shown.IsEmpty ? null : new RouteStatus(locRib.Prefixes.PrefixOf(row), shown);
    }

    private Candidate CandidateOf(int path) =>
        new(path, rib.Sources[rib.Paths[path].Peer], rib.Attributes.Inputs(rib.Paths[path].Attributes));

    private DecisionStep ExclusionOf(int path)
    {
        var flags = rib.Paths[path].Flags;
        return (flags & PathFlags.AsLoop) != 0 ? DecisionStep.AsLoop
            : (flags & PathFlags.ReflectionLoop) != 0 ? DecisionStep.ReflectionLoop
            : (flags & PathFlags.NextHopSelf) != 0 ? DecisionStep.NextHopIsSelf
            : DecisionStep.RejectedByFilter;
    }

    private string? PeerName(int path)
    {
        var peer = new PeerIndex(rib.Paths[path].Peer);
        return peer == PeerIndex.Local ? null : rib.Peers[peer].Config.Name;
    }

    private PathStatus Describe(AfiSafi family, int path, bool isBest, DecisionStep reason)
    {
        var entry = rib.Paths[path];
        ref readonly var inputs = ref rib.Attributes.Inputs(entry.Attributes);
        var octets = rib.Attributes.Octets(entry.Attributes);
        AttributeCursor.TryFind(octets, AttributeType.AsPath, out var asPath);
        AttributeCursor.TryFind(octets, AttributeType.Communities, out var communities);
        AttributeCursor.TryFind(octets, AttributeType.ClusterList, out var clusters);
        return new PathStatus
        {
            IsBest = isBest,
            Reason = reason,
            Peer = PeerName(path),
            NextHop = entry.Peer == PeerIndex.Local.Value ? null : Prefix.ToAddress(family, inputs.NextHop),
            AsPath = AsPathText(asPath),
            Origin = inputs.Origin switch { 0 => "IGP", 1 => "EGP", _ => "INCOMPLETE" },
            LocalPref = inputs.Has(AttributeTraits.HasLocalPref) ? inputs.LocalPref : null,
            MultiExitDisc = inputs.Has(AttributeTraits.HasMed) ? inputs.Med : null,
            Communities = [.. Values(communities).Select(CommunityText)],
            OriginatorId = inputs.Has(AttributeTraits.HasOriginatorId) ? IPv4(inputs.OriginatorId) : null,
            ClusterList = [.. Values(clusters).Select(IPv4)],
            IsStale = (entry.Flags & PathFlags.Stale) != 0,
        };
    }

    private static string AsPathText(ReadOnlySpan<byte> path)
    {
        var text = new StringBuilder();
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            var (open, close) = segment.Type switch
            {
                AsPathSegmentType.Set => ("{", "}"),
                AsPathSegmentType.ConfedSequence => ("(", ")"),
                AsPathSegmentType.ConfedSet => ("[", "]"),
                _ => ("", ""),
            };
            text.Append(text.Length > 0 ? " " : "").Append(open);
            for (var i = 0; i < segment.Count; i++)
            {
                text.Append(i > 0 ? " " : "").Append(CultureInfo.InvariantCulture, $"{segment[i]}");
            }

            text.Append(close);
        }

        return text.ToString();
    }

    private static string CommunityText(uint community) => community switch
    {
        0xFFFFFF01 => "no-export",
        0xFFFFFF02 => "no-advertise",
        0xFFFFFF03 => "no-export-subconfed",
        _ => $"{community >> 16}:{community & 0xFFFF}",
    };

    private static List<uint> Values(ReadOnlySpan<byte> octets)
    {
        var values = new List<uint>();
        for (; octets.Length >= sizeof(uint); octets = octets[sizeof(uint)..])
        {
            values.Add(BinaryPrimitives.ReadUInt32BigEndian(octets));
        }

        return values;
    }

    private static IPAddress IPv4(uint address) => Prefix.ToAddress(AfiSafi.IPv4Unicast, address);
}
