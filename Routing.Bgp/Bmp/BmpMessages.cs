using System.Net;
using System.Text;
using Routing.Bgp.Rib;
using Routing.Bgp.Wire;

namespace Routing.Bgp.Bmp;

/// <summary>The messages beside Route Monitoring, each made whole (RFC 7854 §4).</summary>
internal static class BmpMessages
{
    private const ushort SysDescr = 1; // Initiation: sysDescr, sysName (§4.4)
    private const ushort SysName = 2;
    private const ushort TerminationReason = 1; // Termination: reason (§4.5)
    private const ushort TableName = 3; // Peer Up of the Loc-RIB: VRF/Table Name (RFC 9069 §4.4)

    /// <summary>The first message to a station (§4.3).</summary>
    public static byte[] Initiation(string systemName, string description)
    {
        var (name, text) = (Encoding.UTF8.GetBytes(systemName), Encoding.UTF8.GetBytes(description));
        var writer = new WireWriter(new byte[BmpHeader.Length + 8 + name.Length + text.Length]);
        var start = BmpHeader.Begin(ref writer, BmpMessageType.Initiation);
        WriteValue(ref writer, SysDescr, text);
        WriteValue(ref writer, SysName, name);
        return Finish(ref writer, start);
    }

    /// <summary>The last message to a station (§4.5).</summary>
    public static byte[] Termination(BmpTerminationReason reason)
    {
        var writer = new WireWriter(new byte[BmpHeader.Length + 6]);
        var start = BmpHeader.Begin(ref writer, BmpMessageType.Termination);
        WriteValue(ref writer, TerminationReason, [(byte)((ushort)reason >> 8), (byte)reason]);
        return Finish(ref writer, start);
    }

    /// <summary>A session came up (§4.10).</summary>
    /// <param name="peer">Whose.</param>
    /// <param name="flags">Which of its tables.</param>
    /// <param name="time">When.</param>
    /// <param name="local">Our end.</param>
    /// <param name="remotePort">The peer's port.</param>
    /// <param name="sent">Our whole OPEN.</param>
    /// <param name="received">The peer's.</param>
    public static byte[] PeerUp(
        BmpPeer peer,
        BmpPeerFlags flags,
        DateTimeOffset time,
        IPEndPoint local,
        int remotePort,
        ReadOnlySpan<byte> sent,
        ReadOnlySpan<byte> received)
    {
        var writer = new WireWriter(
            new byte[BmpHeader.Length + BmpPeer.HeaderLength + 20 + sent.Length + received.Length + 16]);
        var start = BmpHeader.Begin(ref writer, BmpMessageType.PeerUp);
        peer.EncodeHeader(ref writer, flags, time);
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        var isIPv4 = local.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        local.Address.TryWriteBytes(address[(isIPv4 ? 12 : 0)..], out _);
        writer.WriteOctets(address);
        writer.WriteUInt16((ushort)local.Port);
        writer.WriteUInt16((ushort)remotePort);
        writer.WriteOctets(sent);
        writer.WriteOctets(received);
        if (peer.Type == BmpPeerType.LocRib)
        {
            WriteValue(ref writer, TableName, "global"u8);
        }

        return Finish(ref writer, start);
    }

    /// <summary>A session went down (§4.9).</summary>
    public static byte[] PeerDown(BmpPeer peer, BmpPeerFlags flags, DateTimeOffset time, SessionEnding ending)
    {
        var writer = new WireWriter(new byte[BmpHeader.Length + BmpPeer.HeaderLength + 3 + ending.Notification.Length]);
        var start = BmpHeader.Begin(ref writer, BmpMessageType.PeerDown);
        peer.EncodeHeader(ref writer, flags, time);
        writer.WriteByte((byte)ending.Kind);
        if (ending.Kind == SessionEndingKind.LocalWithoutNotification)
        {
            writer.WriteUInt16(ending.FsmEvent);
        }

        writer.WriteOctets(ending.Notification.Span);
        return Finish(ref writer, start);
    }

    /// <summary>Numbers about a peer (§4.8).</summary>
    public static byte[] Statistics(
        BmpPeer peer, BmpPeerFlags flags, DateTimeOffset time, IReadOnlyCollection<BmpStatistic> statistics)
    {
        var writer = new WireWriter(
            new byte[BmpHeader.Length + BmpPeer.HeaderLength + 4 + (statistics.Count * BmpStatistic.MaxEncodedLength)]);
        var start = BmpHeader.Begin(ref writer, BmpMessageType.StatisticsReport);
        peer.EncodeHeader(ref writer, flags, time);
        writer.WriteUInt32((uint)statistics.Count);
        foreach (var statistic in statistics)
        {
            statistic.Encode(ref writer);
        }

        return Finish(ref writer, start);
    }

    private static void WriteValue(ref WireWriter writer, ushort type, scoped ReadOnlySpan<byte> value)
    {
        writer.WriteUInt16(type);
        writer.WriteUInt16((ushort)value.Length);
        writer.WriteOctets(value);
    }

    private static byte[] Finish(ref WireWriter writer, int start)
    {
        BmpHeader.End(ref writer, start);
        return writer.Written.ToArray();
    }
}
