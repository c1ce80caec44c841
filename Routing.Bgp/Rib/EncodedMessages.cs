using System.Buffers;

namespace Routing.Bgp.Rib;

/// <summary>Whole BGP messages, encoded once and written to every member of an update group. Reference counted: the
/// octets go back to the pool when the last holder has written them.</summary>
internal sealed class EncodedMessages
{
    private readonly byte[] _octets;
    private readonly int _start;
    private readonly int _length;
    private readonly EncodedMessages? _whole;
    private int _holders = 1;

    /// <summary>Takes over a rented array; the caller is the first holder.</summary>
    /// <param name="rented">From <see cref="ArrayPool{T}.Shared"/>; owned by this object from here on.</param>
    /// <param name="length">Octets in use.</param>
    /// <param name="messageCount">BGP messages in them, for the counters.</param>
    public EncodedMessages(byte[] rented, int length, int messageCount) =>
        (_octets, _length, MessageCount) = (rented, length, messageCount);

    private EncodedMessages(EncodedMessages whole, int start, int length, int messageCount)
    {
        (_octets, _start, _length, MessageCount) = (whole._octets, start, length, messageCount);
        _whole = whole;
        whole.Retain();
    }

    /// <summary>The messages, headers included. Valid while held.</summary>
    public ReadOnlyMemory<byte> Octets => _octets.AsMemory(_start, _length);

    /// <summary>BGP messages in <see cref="Octets"/>.</summary>
    public int MessageCount { get; }

    /// <summary>A part made of whole messages, sharing the octets; the caller is its first holder.</summary>
    public EncodedMessages Slice(int start, int length, int messageCount) => new(this, start, length, messageCount);

    /// <summary>One more holder.</summary>
    public void Retain() => Interlocked.Increment(ref _holders);

    /// <summary>One holder less; the last one returns the octets.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
        {
            return;
        }

        if (_whole is { } whole)
        {
            whole.Release();
        }
        else
        {
            ArrayPool<byte>.Shared.Return(_octets);
        }
    }
}
