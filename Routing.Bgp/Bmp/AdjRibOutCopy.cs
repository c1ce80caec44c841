using System.Buffers;
using System.Buffers.Binary;
using Routing.Bgp.Rib;
using Routing.Bgp.Wire;

namespace Routing.Bgp.Bmp;

/// <summary>A member of a peer's update group that passes on to a station what the peer is told (RFC 8671): each UPDATE with
/// the headers of BMP before it.</summary>
/// <param name="peer">The peer.</param>
/// <param name="flags">Of its Adj-RIB-Out, before or after the policy.</param>
/// <param name="time">The clock.</param>
/// <param name="station">Where to.</param>
internal sealed class AdjRibOutCopy(BmpPeer peer, BmpPeerFlags flags, TimeProvider time, IPeerOutput station) : IPeerOutput
{
    private const int HeadersLength = BmpHeader.Length + BmpPeer.HeaderLength;

    /// <inheritdoc/>
    public bool TryWrite(ReadOnlySpan<EncodedMessages> messages)
    {
        var length = 0;
        foreach (var part in messages)
        {
            length += part.Octets.Length + (part.MessageCount * HeadersLength);
        }

        var rented = ArrayPool<byte>.Shared.Rent(length);
        var writer = new WireWriter(rented);
        foreach (var part in messages)
        {
            Wrap(ref writer, part.Octets.Span);
        }

        var wrapped = new EncodedMessages(rented, writer.Position, messageCount: 1);
        var isTaken = station.TryWrite([wrapped]);
        wrapped.Release();
        return isTaken;
    }

    private void Wrap(ref WireWriter writer, ReadOnlySpan<byte> updates)
    {
        var now = time.GetUtcNow();
        while (!updates.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(updates[MessageHeader.MarkerLength..]);
            var start = BmpHeader.Begin(ref writer, BmpMessageType.RouteMonitoring);
            peer.EncodeHeader(ref writer, flags, now);
            writer.WriteOctets(updates[..length]);
            BmpHeader.End(ref writer, start);
            updates = updates[length..];
        }
    }
}
