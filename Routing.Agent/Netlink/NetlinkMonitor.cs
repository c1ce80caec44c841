using System.Threading.Channels;
using Routing.Agent.Native;

namespace Routing.Agent.Netlink;

/// <summary>Listens to multicast groups on a thread of its own and hands typed events to one reader.</summary>
/// <remarks>
/// <code>
///   kernel --socket buffer--> thread --bounded channel--> reader
/// </code>
/// A slow reader fills the channel; then the thread waits, the socket's buffer fills, the kernel drops and says
/// ENOBUFS, and the reader finds an overrun event at that place in the stream: everything after it is complete again.
/// Nothing grows and nothing is lost silently.
/// </remarks>
internal sealed class NetlinkMonitor<T> : IDisposable
{
    private readonly NetlinkSocket _socket;
    private readonly NetlinkDecoder<T> _decode;
    private readonly T _overrun;
    private readonly Channel<T> _events;
    private readonly WakeupFile _stop = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _thread;

    /// <param name="socket">Joined to its groups; owned from here on.</param>
    /// <param name="overrun">The event for "some are missing here".</param>
    public NetlinkMonitor(NetlinkSocket socket, NetlinkDecoder<T> decode, T overrun, int capacity)
    {
        (_socket, _decode, _overrun) = (socket, decode, overrun);
        _events = Channel.CreateBounded<T>(
            new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
        _thread = new Thread(Run, maxStackSize: 512 * 1024) { IsBackground = true, Name = "netlink-monitor" };
        _thread.UnsafeStart();
    }

    /// <summary>Events in the kernel's order; completes with an exception when the socket fails.</summary>
    public ChannelReader<T> Events => _events.Reader;

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _stop.Signal();
        _thread.Join();
        _socket.Dispose();
        _stop.Dispose();
        _stopping.Dispose();
    }

    private void Run()
    {
        try
        {
            while (_stop.WaitForEither(_socket.Handle))
            {
                ReceiveSome();
            }

            _events.Writer.TryComplete();
        }
        catch (OperationCanceledException)
        {
            _events.Writer.TryComplete(); // Dispose came while the reader was slow
        }
        catch (NetlinkException exception)
        {
            _events.Writer.TryComplete(exception);
        }
    }

    private void ReceiveSome()
    {
        NetlinkReader reader;
        try
        {
            reader = new NetlinkReader(_socket.Receive());
        }
        catch (NetlinkException exception) when (exception.Errno == Errno.NoBuffers)
        {
            _socket.Drain();
            Write(_overrun);
            return;
        }

        while (reader.TryRead(out var message))
        {
            if (_decode(in message, out var value))
            {
                Write(value);
            }
        }
    }

    private void Write(T value)
    {
        if (!_events.Writer.TryWrite(value))
        {
            _events.Writer.WriteAsync(value, _stopping.Token).AsTask().GetAwaiter().GetResult();
        }
    }
}
