using System.Buffers;
using System.Threading.Channels;
using Routing.Bgp.Rib;

namespace Routing.Bgp.Session;

/// <summary>The bounded queue between those who have messages for a peer (the RIB's thread, the session's loop) and the
/// one task that writes its socket.</summary>
/// <remarks>Bounded in octets, those being written included. Full: the RIB is refused and keeps its own position; the
/// session's own messages (OPEN, KEEPALIVE, NOTIFICATION) always fit, being few and small.</remarks>
internal sealed class OutputQueue : IPeerOutput
{
    /// <summary>A slow peer holds at most this much; about what a kernel's send buffer holds besides.</summary>
    public const int Capacity = 1 << 20;

    private const int MaxBuffersPerWrite = 64;

    // A mere signal: one token says "look into the queue", and a second one would say nothing more.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Lock _gate = new();
    private readonly Queue<EncodedMessages> _queue = [];
    private long _octets;
    private bool _refused;
    private bool _completed;

    /// <summary>Octets queued, those being written included.</summary>
    public long Octets
    {
        get
        {
            lock (_gate)
            {
                return _octets;
            }
        }
    }

    /// <inheritdoc/>
    public bool TryWrite(ReadOnlySpan<EncodedMessages> messages)
    {
        var octets = 0L;
        foreach (var message in messages)
        {
            octets += message.Octets.Length;
        }

        lock (_gate)
        {
            // An empty queue takes anything, or a write larger than the bound would never go out.
            if (_completed || (_octets > 0 && _octets + octets > Capacity))
            {
                _refused = true;
                return false;
            }

            foreach (var message in messages)
            {
                message.Retain();
                _queue.Enqueue(message);
            }

            _octets += octets;
        }

        _signal.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Queues one of the session's own messages.</summary>
    public void WriteOwn(ReadOnlySpan<byte> message) => Enqueue(message, isLast: false);

    /// <summary>Ends the queue. With a NOTIFICATION, what has not been handed to the writer is dropped: the peer is to
    /// read why the session ends, not more of its routes.</summary>
    public void Complete(ReadOnlySpan<byte> notification = default) => Enqueue(notification, isLast: true);

    /// <summary>Waits for messages and takes some of them; the caller gives them back to
    /// <see cref="Written"/>.</summary>
    /// <returns>False when the queue has ended and is empty.</returns>
    public async ValueTask<bool> TakeAsync(List<EncodedMessages> taken, CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                while (taken.Count < MaxBuffersPerWrite && _queue.TryDequeue(out var message))
                {
                    taken.Add(message);
                }

                if (taken.Count > 0 || _completed)
                {
                    return taken.Count > 0;
                }
            }

            await _signal.Reader.ReadAsync(cancellationToken);
        }
    }

    /// <summary>Releases messages, written or not.</summary>
    /// <returns>True when a writer that was refused can now be told of room.</returns>
    public bool Written(List<EncodedMessages> taken)
    {
        var octets = 0L;
        foreach (var message in taken)
        {
            octets += message.Octets.Length;
            message.Release();
        }

        taken.Clear();
        lock (_gate)
        {
            _octets -= octets;
            var hasRoom = _refused && !_completed && _octets <= Capacity / 2;
            _refused &= !hasRoom;
            return hasRoom;
        }
    }

    /// <summary>Releases all that is left once nobody writes any more.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _completed = true;
            ReleaseQueued();
        }
    }

    private void Enqueue(ReadOnlySpan<byte> message, bool isLast)
    {
        lock (_gate)
        {
            if (_completed)
            {
                return;
            }

            if (isLast && !message.IsEmpty)
            {
                ReleaseQueued();
            }

            if (!message.IsEmpty)
            {
                var rented = ArrayPool<byte>.Shared.Rent(message.Length);
                message.CopyTo(rented);
                _queue.Enqueue(new EncodedMessages(rented, message.Length, messageCount: 1));
                _octets += message.Length;
            }

            _completed = isLast;
        }

        _signal.Writer.TryWrite(true);
    }

    private void ReleaseQueued()
    {
        while (_queue.TryDequeue(out var message))
        {
            _octets -= message.Octets.Length;
            message.Release();
        }
    }
}
