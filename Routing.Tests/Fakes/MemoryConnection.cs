using System.IO.Pipelines;
using System.Net;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Tcp;

namespace Routing.Tests.Fakes;

/// <summary>One end of a connection in memory. A write waits when the other end has not read a window's worth, as TCP's
/// does.</summary>
internal sealed class MemoryConnection : IBgpConnection
{
    /// <summary>Octets that may lie unread before a writer waits.</summary>
    public const int Window = 256 * 1024;

    private readonly Pipe _inbound;
    private readonly Pipe _outbound;
    private readonly CancellationTokenSource _disposed = new();
    private long _unread;
    private MemoryConnection? _other;

    private MemoryConnection(Pipe inbound, Pipe outbound, IPEndPoint local, IPEndPoint remote) =>
        (_inbound, _outbound, LocalEndPoint, RemoteEndPoint) = (inbound, outbound, local, remote);

    public IPEndPoint LocalEndPoint { get; }

    public IPEndPoint RemoteEndPoint { get; }

    public IPAddress? LocalAddressOfOtherFamily => null;

    /// <inheritdoc/>
    public string? LocalInterface => null;

    public bool HasUnread => Interlocked.Read(ref _unread) > 0;

    /// <summary>The other end has not read all that this one has written.</summary>
    public bool OtherHasUnread => _other!.HasUnread;

    public bool IsDisposed => _disposed.IsCancellationRequested;

    public static (MemoryConnection Left, MemoryConnection Right) NewPair(IPEndPoint left, IPEndPoint right)
    {
        var options = new PipeOptions(pauseWriterThreshold: Window, resumeWriterThreshold: Window / 2);
        var (toLeft, toRight) = (new Pipe(options), new Pipe(options));
        var leftEnd = new MemoryConnection(toLeft, toRight, left, right);
        var rightEnd = new MemoryConnection(toRight, toLeft, right, left);
        (leftEnd._other, rightEnd._other) = (rightEnd, leftEnd);
        return (leftEnd, rightEnd);
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
            var result = await _inbound.Reader.ReadAsync(either.Token);
            var count = (int)Math.Min(buffer.Length, result.Buffer.Length);
            var taken = result.Buffer.Slice(0, count);
            var at = 0;
            foreach (var segment in taken)
            {
                segment.CopyTo(buffer[at..]);
                at += segment.Length;
            }

            _inbound.Reader.AdvanceTo(taken.End);
            Interlocked.Add(ref _unread, -count);
            return count;
        }
        catch (Exception exception) when (IsBroken(exception, cancellationToken))
        {
            throw new IOException("connection reset", exception);
        }
    }

    public async ValueTask WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> buffers, CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
            foreach (var buffer in buffers)
            {
                Interlocked.Add(ref _other!._unread, buffer.Length);
                var result = await _outbound.Writer.WriteAsync(buffer, either.Token);
                if (result.IsCompleted)
                {
                    throw new IOException("broken pipe");
                }
            }
        }
        catch (Exception exception) when (IsBroken(exception, cancellationToken))
        {
            throw new IOException("broken pipe", exception);
        }
    }

    public void Apply(ConnectionOptions options)
    {
    }

    public void ChangeKeys(PeerKeys from, PeerKeys to)
    {
    }

    public void ShutdownSend() => _outbound.Writer.Complete();

    /// <summary>Ends both directions; the other end reads what was written, then the end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _outbound.Writer.CompleteAsync();
    }

    /// <summary>The connection breaks: the other end's reads and writes fail.</summary>
    public void Reset() => _outbound.Writer.Complete(new IOException("connection reset by peer"));

    private static bool IsBroken(Exception exception, CancellationToken token) =>
        exception is InvalidOperationException
        || (exception is OperationCanceledException && !token.IsCancellationRequested);
}
