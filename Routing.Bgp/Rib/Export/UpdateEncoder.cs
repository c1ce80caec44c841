using System.Buffers.Binary;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Export;

/// <summary>Packs routes into as few UPDATE messages as they need: prefixes with the same attributes together, IPv4 as
/// classic NLRI, IPv6 and what has an IPv6 next hop in MP_REACH_NLRI and MP_UNREACH_NLRI.</summary>
internal sealed class UpdateEncoder(
    PrefixTable prefixes, AttributeTable attributes, PathSources sources, SpeakerIdentity own)
{
    private const int IPv6Octets = 16;

    private readonly AttributeEditor _editor = new();

    // Attributes of the routes being packed, and the same for old speakers; longer once a long set has been met.
    private byte[] _attributes = [];
    private byte[] _twoOctetAttributes = [];

    private bool IsIPv4 => prefixes.Family == AfiSafi.IPv4Unicast;

    /// <summary>Announces prefixes that share attributes and source.</summary>
    /// <returns>False when the attributes leave no room for a prefix in a message: nothing was written.</returns>
    public bool TryAnnounce(MessageBuffers output, ExportKey key, int set, PeerIndex from, RouteList routes)
    {
        ref readonly var inputs = ref attributes.Inputs(set);
        ref readonly var source = ref sources[from.Value];
        var edited = ExportEdits.Edit(_editor, attributes.Octets(set), inputs, source, key);
        var longest = key.ExtendedMessages ? MessageHeader.MaxExtendedLength : MessageHeader.MaxMessageLength;
        if (edited.Length > longest)
        {
            return false;
        }

        var nextHop = ExportAttributes.NextHop(key, source, inputs);
        var isClassic = IsIPv4 && nextHop.IsIPv4;
        if (nextHop.IsZero || (IsIPv4 && !isClassic && !key.ExtendedNextHop))
        {
            return false; // RFC 8950 §4: such a next hop only to who announced that it takes it
        }

        EnsureScratch(edited.Length);
        var exported = Export(key, edited, inputs, source);
        var overhead = UpdateWriter.Overhead + (isClassic ? 0 : MpReachWriter.ReachOverhead(IPv6Octets));
        var least = overhead + exported.Length + NlriCodec.PathIdLength + NlriCodec.MaxEncodedLength;
        if (least > longest)
        {
            return false;
        }

        // Only what does not fit into an ordinary message gets a longer one: short messages keep all readers busy.
        var room = least > MessageHeader.MaxMessageLength ? longest : MessageHeader.MaxMessageLength;

        while (!routes.IsEmpty)
        {
            var writer = new WireWriter(output.NextMessage(room));
            var start = UpdateWriter.Begin(ref writer);
            var length = UpdateWriter.BeginAttributes(ref writer, start);
            if (isClassic)
            {
                writer.WriteOctets(exported);
                UpdateWriter.EndAttributes(ref writer, length);
                routes = WriteNlri(ref writer, routes, reserve: 0);
            }
            else
            {
                // RFC 7606 §5.1: MP_REACH_NLRI stands first, so that a receiver knows the NLRI whatever follows.
                routes = WriteMpReach(ref writer, nextHop, routes, exported.Length);
                writer.WriteOctets(exported);
                UpdateWriter.EndAttributes(ref writer, length);
            }

            UpdateWriter.End(ref writer, start);
            output.Commit(writer.Position);
        }

        return true;
    }

    /// <summary>Withdraws prefixes.</summary>
    public void Withdraw(MessageBuffers output, RouteList routes)
    {
        while (!routes.IsEmpty)
        {
            var writer = new WireWriter(output.NextMessage());
            var start = UpdateWriter.Begin(ref writer);
            if (IsIPv4)
            {
                routes = WriteNlri(ref writer, routes, reserve: sizeof(ushort));
                UpdateWriter.EndAttributes(ref writer, UpdateWriter.BeginAttributes(ref writer, start));
            }
            else
            {
                var length = UpdateWriter.BeginAttributes(ref writer, start);
                var unreach = MpReachWriter.BeginUnreach(ref writer, prefixes.Family);
                routes = WriteNlri(ref writer, routes, reserve: 0);
                MpReachWriter.End(ref writer, unreach);
                UpdateWriter.EndAttributes(ref writer, length);
            }

            UpdateWriter.End(ref writer, start);
            output.Commit(writer.Position);
        }
    }

    /// <summary>A mark around all routes of the family (RFC 7313 §4).</summary>
    public void Mark(MessageBuffers output, RouteRefreshSubtype mark)
    {
        var writer = new WireWriter(output.NextMessage());
        new RouteRefreshMessage(prefixes.Family) { Subtype = mark }.Encode(ref writer);
        output.Commit(writer.Position);
    }

    /// <summary>End-of-RIB of the family (RFC 4724 §2).</summary>
    public void EndOfRib(MessageBuffers output)
    {
        var writer = new WireWriter(output.NextMessage());
        UpdateWriter.WriteEndOfRib(ref writer, prefixes.Family);
        output.Commit(writer.Position);
    }

    private void EnsureScratch(int attributesLength)
    {
        var needed = Math.Max(attributesLength, MessageHeader.MaxMessageLength) + ExportAttributes.Growth;
        if (_attributes.Length < needed)
        {
            _attributes = new byte[needed];
            _twoOctetAttributes = new byte[TwoOctetAttributes.MaxEncodedLength(needed)];
        }
    }

    /// <summary>The attributes as the group sends them, in scratch memory.</summary>
    private ReadOnlySpan<byte> Export(
        ExportKey key, ReadOnlySpan<byte> edited, in DecisionInputs inputs, in PathSource source)
    {
        var writer = new WireWriter(_attributes);
        ExportAttributes.Write(ref writer, edited, inputs, source, key, own, prefixes.Family);
        if (key.FourOctetAsn)
        {
            return _attributes.AsSpan(0, writer.Position);
        }

        var old = new WireWriter(_twoOctetAttributes);
        TwoOctetAttributes.Write(ref old, writer.Written);
        return _twoOctetAttributes.AsSpan(0, old.Position);
    }

    private RouteList WriteMpReach(
        scoped ref WireWriter writer, AddressBits nextHop, RouteList routes, int attributesAfter)
    {
        // RFC 2545 §3 adds a link-local address where the peer is on the link; the global one reaches it there too.
        Span<byte> octets = stackalloc byte[IPv6Octets];
        BinaryPrimitives.WriteUInt64BigEndian(octets, nextHop.High);
        BinaryPrimitives.WriteUInt64BigEndian(octets[sizeof(ulong)..], nextHop.Low);
        var reach = MpReachWriter.BeginReach(ref writer, prefixes.Family, octets);
        routes = WriteNlri(ref writer, routes, attributesAfter);
        MpReachWriter.End(ref writer, reach);
        return routes;
    }

    /// <summary>Writes prefixes while they fit and leaves the last octets of the message free.</summary>
    /// <returns>The routes that did not fit.</returns>
    private RouteList WriteNlri(scoped ref WireWriter writer, RouteList routes, int reserve)
    {
        var written = 0;
        var longest = 1 + prefixes.Family.AddressOctets();
        if (!routes.PathIds.IsEmpty)
        {
            longest += NlriCodec.PathIdLength;
            for (; written < routes.Rows.Length && writer.Free - reserve >= longest; written++)
            {
                writer.WriteUInt32(routes.PathIds[written]);
                prefixes.WriteNlri(routes.Rows[written], ref writer);
            }

            return routes.From(written);
        }

        while (written < routes.Rows.Length && writer.Free - reserve >= longest)
        {
            prefixes.WriteNlri(routes.Rows[written++], ref writer);
        }

        return routes.From(written);
    }
}
