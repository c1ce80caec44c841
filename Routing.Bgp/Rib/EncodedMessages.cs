using System.Buffers;

namespace Routing.Bgp.Rib;

/// <summary>Whole BGP messages, encoded once and written to every member of an update group. Reference counted: the
/// octets go back to the pool when the last holder has written them.</summary>
internal sealed class EncodedMessages
{
    private readonly byte[] _octets;
    private readonly int _length;
    private int _holders = 1;

    /// <summary>Takes over a rented array.</summary>
    /// <param name="rented">From <see cref="ArrayPool{T}.Shared"/>; owned by this object from here on.</param>
    /// <param name="length">Octets in use.</param>
    /// <param name="messageCount">BGP messages in them, for the counters.</param>
    public EncodedMessages(byte[] rented, int length, int messageCount) =>
        (_octets, _length, MessageCount) = (rented, length, messageCount);

    /// <summary>The messages, headers included. Valid while held.</summary>
    public ReadOnlyMemory<byte> Octets => _octets.AsMemory(0, _length);

    /// <summary>BGP messages in <see cref="Octets"/>.</summary>
    public int MessageCount { get; }

    /// <summary>One more holder.</summary>
    public void Retain() => Interlocked.Increment(ref _holders);

    /// <summary>One holder less; the last one returns the octets.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            ArrayPool<byte>.Shared.Return(_octets);
        }
    }
}
