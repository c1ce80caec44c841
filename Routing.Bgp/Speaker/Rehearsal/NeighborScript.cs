using System.Net;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Speaker.Rehearsal;

/// <summary>What a neighbour says in a rehearsal: OPEN, KEEPALIVE, and a small table in UPDATEs as a transit feed has them.</summary>
internal static class NeighborScript
{
    private const int PrefixesPerUpdate = 5;
    private const int PrefixLength = 28;
    private const int MostOctetsPerUpdate = 128;
    private const uint FirstPrefix = 0xC6120000; // 198.18.0.0/15, RFC 2544

    /// <summary>Octets of the prefixes of an UPDATE.</summary>
    public const int NlriOctetsPerUpdate = PrefixesPerUpdate * (1 + ((PrefixLength + 7) / 8));

    /// <summary>Writes it.</summary>
    /// <param name="address">The neighbour's.</param>
    /// <param name="asn">Its AS.</param>
    /// <param name="updates">Messages with routes.</param>
    public static byte[] Write(IPAddress address, uint asn, int updates)
    {
        var script = new byte[(2 * MostOctetsPerUpdate) + (updates * MostOctetsPerUpdate)];
        var writer = new WireWriter(script);
        var open = new OpenMessage
        {
            MyAsn = (ushort)asn,
            HoldTimeSeconds = 90,
            BgpIdentifier = (uint)Prefix.ToInteger(address),
            Capabilities = [new MultiprotocolCapability(AfiSafi.IPv4Unicast), new FourOctetAsnCapability(asn)],
        };
        open.Encode(ref writer);
        KeepaliveMessage.Encode(ref writer);
        for (var i = 0; i < updates; i++)
        {
            WriteUpdate(ref writer, address, asn, i);
        }

        return script[..writer.Position];
    }

    private static void WriteUpdate(ref WireWriter writer, IPAddress address, uint asn, int number)
    {
        var start = UpdateWriter.Begin(ref writer);
        var attributes = UpdateWriter.BeginAttributes(ref writer, start);
        AttributeWriter.Write(ref writer, AttributeFlags.Transitive, AttributeType.Origin, [0]);
        AttributeWriter.WriteHeader(ref writer, AttributeFlags.Transitive, AttributeType.AsPath, 2 + (2 * sizeof(uint)));
        writer.WriteByte((byte)AsPathSegmentType.Sequence);
        writer.WriteByte(2);
        writer.WriteUInt32(asn);
        writer.WriteUInt32((uint)number + 1);
        AttributeWriter.WriteUInt32(
            ref writer, AttributeFlags.Transitive, AttributeType.NextHop, (uint)Prefix.ToInteger(address));
        UpdateWriter.EndAttributes(ref writer, attributes);
        for (var i = 0; i < PrefixesPerUpdate; i++)
        {
            var network = FirstPrefix + ((uint)((number * PrefixesPerUpdate) + i) << 4);
            NlriCodec.Write(ref writer, Prefix.Create(AfiSafi.IPv4Unicast, network, PrefixLength));
        }

        UpdateWriter.End(ref writer, start);
    }
}
