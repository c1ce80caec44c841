using System.Net;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Mrt;

/// <summary>Makes UPDATEs of records, so that what a file says is judged and taken in as what a peer says.</summary>
/// <param name="peer">Whose routes, of all peers in the file; null for the first path of each prefix in a table dump, and
/// for all messages of an update log.</param>
internal sealed class MrtUpdates(IPAddress? peer)
{
    /// <summary>Longest UPDATE body that is taken in; what no peer could have sent is no route either.</summary>
    private const int MaxBodyLength = MessageHeader.MaxMessageLength - MessageHeader.Length;

    /// <summary>What <see cref="Compose"/> adds to attributes: two lengths, the prefix, the rest of MP_REACH_NLRI.</summary>
    private const int Growth = 64;

    private readonly byte[] _update = new byte[MaxBodyLength + Growth];

    private PeerIndexTable? _peers;

    /// <summary>Records that could not be read: of a known type, and malformed.</summary>
    public long Malformed { get; private set; }

    /// <summary>Reads a record.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="body">Its body.</param>
    /// <param name="update">An UPDATE after its header (RFC 4271 §4.3); valid until the next call.</param>
    /// <param name="fourOctetAsn">Its AS numbers have four octets.</param>
    /// <returns>False when the record brings no routes.</returns>
    public bool TryConvert(in MrtHeader header, ReadOnlySpan<byte> body, out ReadOnlySpan<byte> update, out bool fourOctetAsn)
    {
        fourOctetAsn = true;
        update = default;
        switch (header.Type)
        {
            case MrtType.TableDumpV2 when header.Subtype == (ushort)TableDumpSubtype.PeerIndexTable:
                Malformed += PeerIndexTable.TryDecode(body, out _peers) ? 0 : 1;
                return false;
            case MrtType.TableDumpV2:
                return TryConvertRib((TableDumpSubtype)header.Subtype, body, out update);
            case MrtType.Bgp4mp:
                return TryConvertMessage((Bgp4mpSubtype)header.Subtype, body, out update, out fourOctetAsn);
            case MrtType.Bgp4mpExtendedTime when body.Length >= sizeof(uint):
                return TryConvertMessage(
                    (Bgp4mpSubtype)header.Subtype, body[sizeof(uint)..], out update, out fourOctetAsn);
            default:
                return false;
        }
    }

    private bool TryConvertRib(TableDumpSubtype subtype, ReadOnlySpan<byte> body, out ReadOnlySpan<byte> update)
    {
        update = default;
        if (!subtype.TrySplit(out _, out _))
        {
            return false; // multicast, or a generic family
        }

        if (!RibRecord.TryRead(subtype, body, out var record))
        {
            Malformed++;
            return false;
        }

        while (record.TryReadEntry(out var entry))
        {
            if (!IsWanted(entry.Peer))
            {
                continue;
            }

            update = entry.Attributes.Length <= MaxBodyLength - Growth ? Compose(record.Prefix, entry.Attributes) : default;
            Malformed += update.IsEmpty ? 1 : 0;
            return !update.IsEmpty;
        }

        return false;
    }

    private bool TryConvertMessage(
        Bgp4mpSubtype subtype, ReadOnlySpan<byte> body, out ReadOnlySpan<byte> update, out bool fourOctetAsn)
    {
        update = default;
        fourOctetAsn = subtype == Bgp4mpSubtype.MessageAs4;
        if (!fourOctetAsn && subtype != Bgp4mpSubtype.Message)
        {
            return false; // a state change; messages of our own making; with path identifiers
        }

        var reader = new WireReader(body);
        if (!Bgp4mpHeader.TryDecode(ref reader, fourOctetAsn ? 4 : 2, out var ends)
            || !reader.TryReadOctets(MessageHeader.Length, out var message) || reader.Rest.Length > MaxBodyLength)
        {
            Malformed++;
            return false;
        }

        update = reader.Rest;
        return (peer is null || ends.PeerAddress.Equals(peer)) && (MessageType)message[^1] == MessageType.Update;
    }

    private bool IsWanted(ushort index) => peer is null
        || (_peers is { } table && index < table.Peers.Length && table.Peers[index].Address.Equals(peer));

    /// <summary>The attributes with MP_REACH_NLRI made whole; an IPv4 prefix with a NEXT_HOP goes behind them.</summary>
    private ReadOnlySpan<byte> Compose(Prefix prefix, ReadOnlySpan<byte> attributes)
    {
        var writer = new WireWriter(_update);
        writer.WriteUInt16(0);
        var length = writer.ReserveUInt16();
        var hasReach = false;
        var cursor = new AttributeCursor(attributes);
        while (cursor.TryRead(out var attribute))
        {
            if (attribute.Type != AttributeType.MpReachNlri)
            {
                writer.WriteOctets(attribute.Octets);
            }
            else if (!hasReach && TryReadNextHop(attribute.Value, out var nextHop))
            {
                var reach = MpReachWriter.BeginReach(ref writer, prefix.Family, nextHop);
                NlriCodec.Write(ref writer, prefix);
                MpReachWriter.End(ref writer, reach);
                hasReach = true;
            }
        }

        // What cannot be read as attributes is left for the judge to find.
        writer.WriteOctets(cursor.Rest);
        writer.PatchLengthUInt16(length);
        if (!hasReach && prefix.Family == AfiSafi.IPv4Unicast)
        {
            NlriCodec.Write(ref writer, prefix);
        }

        return writer.Written;
    }

    /// <summary>RFC 6396 §4.3.4 keeps length and next hop alone. Many dumps hold the whole attribute all the same; it begins
    /// with an AFI, whose first octet is zero, which is no next hop's length.</summary>
    private static bool TryReadNextHop(ReadOnlySpan<byte> value, out ReadOnlySpan<byte> nextHop)
    {
        if (MpReachNlri.TryRead(value, out var whole) && value[0] == 0)
        {
            nextHop = whole.NextHop;
            return true;
        }

        var reader = new WireReader(value);
        nextHop = default;
        return reader.TryReadByte(out var length) && reader.TryReadOctets(length, out nextHop);
    }
}
