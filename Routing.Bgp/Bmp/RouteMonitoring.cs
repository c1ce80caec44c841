using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Bmp;

/// <summary>Writes Route Monitoring messages (RFC 7854 §4.6): an UPDATE made of what a table holds, AS numbers of four
/// octets, as many prefixes with the same attributes as it takes.</summary>
internal static class RouteMonitoring
{
    /// <summary>Most octets that one route can add to what its attributes take: headers of BMP and BGP, MP_REACH_NLRI with
    /// two next hops, the prefix with an identifier.</summary>
    public const int Overhead = BmpHeader.Length + BmpPeer.HeaderLength + UpdateWriter.Overhead + 64
        + NlriCodec.PathIdLength + NlriCodec.MaxEncodedLength;

    /// <summary>Longest attributes that an UPDATE of any length holds beside a prefix.</summary>
    public const int MaxAttributesLength = ushort.MaxValue - Overhead;

    /// <summary>Octets of an UPDATE beyond which another is begun.</summary>
    private const int UsualLength = MessageHeader.MaxMessageLength;

    /// <summary>Writes routes that share everything but the prefix.</summary>
    /// <param name="writer">Must have room for <see cref="Overhead"/> and the attributes for each route.</param>
    /// <param name="peer">Whose.</param>
    /// <param name="flags">Of which table.</param>
    /// <param name="time">When.</param>
    /// <param name="prefixes">The table of prefixes.</param>
    /// <param name="canonical">Attributes (see <c>UpdateBatch</c>); not looked at when withdrawing.</param>
    /// <param name="changes">The routes, all announced or all withdrawn.</param>
    /// <param name="hasPathIds">The session has path identifiers (RFC 7911).</param>
    public static void Write(
        scoped ref WireWriter writer,
        BmpPeer peer,
        BmpPeerFlags flags,
        DateTimeOffset time,
        PrefixTable prefixes,
        ReadOnlySpan<byte> canonical,
        ReadOnlySpan<MonitoredChange> changes,
        bool hasPathIds)
    {
        var isWithdrawal = changes[0].Attributes == 0;
        while (!changes.IsEmpty)
        {
            var start = BmpHeader.Begin(ref writer, BmpMessageType.RouteMonitoring);
            peer.EncodeHeader(ref writer, flags, time);
            var update = UpdateWriter.Begin(ref writer);
            changes = isWithdrawal
                ? WriteWithdrawals(ref writer, update, prefixes, changes, hasPathIds)
                : WriteAnnouncements(ref writer, update, prefixes, canonical, changes, hasPathIds);
            UpdateWriter.End(ref writer, update);
            BmpHeader.End(ref writer, start);
        }
    }

    /// <summary>Writes an End-of-RIB marker (RFC 7854 §3.3).</summary>
    public static void WriteEndOfRib(
        scoped ref WireWriter writer, BmpPeer peer, BmpPeerFlags flags, DateTimeOffset time, AfiSafi family)
    {
        var start = BmpHeader.Begin(ref writer, BmpMessageType.RouteMonitoring);
        peer.EncodeHeader(ref writer, flags, time);
        UpdateWriter.WriteEndOfRib(ref writer, family);
        BmpHeader.End(ref writer, start);
    }

    private static ReadOnlySpan<MonitoredChange> WriteWithdrawals(
        scoped ref WireWriter writer, int update, PrefixTable prefixes, ReadOnlySpan<MonitoredChange> changes, bool hasPathIds)
    {
        if (prefixes.Family == AfiSafi.IPv4Unicast)
        {
            var rest = WriteNlri(ref writer, update, reserve: sizeof(ushort), prefixes, changes, hasPathIds);
            UpdateWriter.EndAttributes(ref writer, UpdateWriter.BeginAttributes(ref writer, update));
            return rest;
        }

        var attributes = UpdateWriter.BeginAttributes(ref writer, update);
        var unreach = MpReachWriter.BeginUnreach(ref writer, prefixes.Family);
        changes = WriteNlri(ref writer, update, reserve: 0, prefixes, changes, hasPathIds);
        MpReachWriter.End(ref writer, unreach);
        UpdateWriter.EndAttributes(ref writer, attributes);
        return changes;
    }

    private static ReadOnlySpan<MonitoredChange> WriteAnnouncements(
        scoped ref WireWriter writer,
        int update,
        PrefixTable prefixes,
        ReadOnlySpan<byte> canonical,
        ReadOnlySpan<MonitoredChange> changes,
        bool hasPathIds)
    {
        scoped ReadOnlySpan<byte> nextHop = stackalloc byte[prefixes.Family.AddressOctets()]; // of our own routes
        if (AttributeCursor.TryFind(canonical, AttributeType.NextHop, out var found))
        {
            nextHop = found;
        }

        var attributes = UpdateWriter.BeginAttributes(ref writer, update);
        var isClassic = prefixes.Family == AfiSafi.IPv4Unicast && nextHop.Length == 4;
        if (!isClassic)
        {
            // RFC 7606 §5.1: first.
            var reach = MpReachWriter.BeginReach(ref writer, prefixes.Family, nextHop);
            changes = WriteNlri(ref writer, update, canonical.Length, prefixes, changes, hasPathIds);
            MpReachWriter.End(ref writer, reach);
        }

        var cursor = new AttributeCursor(canonical);
        var isDue = isClassic;
        while (cursor.TryRead(out var attribute))
        {
            if (isDue && attribute.Type >= AttributeType.NextHop)
            {
                AttributeWriter.Write(ref writer, AttributeFlags.Transitive, AttributeType.NextHop, nextHop);
                isDue = false;
            }

            if (attribute.Type != AttributeType.NextHop)
            {
                writer.WriteOctets(attribute.Octets);
            }
        }

        if (isDue)
        {
            AttributeWriter.Write(ref writer, AttributeFlags.Transitive, AttributeType.NextHop, nextHop);
        }

        UpdateWriter.EndAttributes(ref writer, attributes);
        return isClassic ? WriteNlri(ref writer, update, reserve: 0, prefixes, changes, hasPathIds) : changes;
    }

    /// <summary>Writes one prefix, and more while the UPDATE stays of a usual length.</summary>
    private static ReadOnlySpan<MonitoredChange> WriteNlri(
        scoped ref WireWriter writer,
        int update,
        int reserve,
        PrefixTable prefixes,
        ReadOnlySpan<MonitoredChange> changes,
        bool hasPathIds)
    {
        const int Longest = NlriCodec.PathIdLength + NlriCodec.MaxEncodedLength;
        var written = 0;
        do
        {
            if (hasPathIds)
            {
                writer.WriteUInt32(changes[written].Name.PathId);
            }

            prefixes.WriteNlri(changes[written].Row, ref writer);
            written++;
        }
        while (written < changes.Length && writer.Position - update + reserve + Longest <= UsualLength);
        return changes[written..];
    }
}
