namespace Routing.Agent.Grpc;

/// <summary>A stream for writing only, each write a message: it ends when the message has been taken, so a slow reader
/// slows the writer and nothing is kept.</summary>
/// <param name="send">Takes a piece that is borrowed for the call.</param>
internal sealed class PieceStream(Func<ReadOnlyMemory<byte>, Task> send) : Stream
{
    /// <summary>Below gRPC's largest message (4 MB), and small enough that many fit a flow control window.</summary>
    private const int LargestPiece = 64 * 1024;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var rest = buffer; !rest.IsEmpty; rest = rest[Math.Min(rest.Length, LargestPiece)..])
        {
            cancellationToken.ThrowIfCancellationRequested();
            await send(rest[..Math.Min(rest.Length, LargestPiece)]);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
