using System.Buffers;
using System.IO.Compression;

namespace Routing.Bgp.Mrt;

/// <summary>Reads records out of a stream, gzip or not. One buffer, as long as the longest record read so far, at most
/// <see cref="MrtHeader.MaxBodyLength"/>.</summary>
internal sealed class MrtReader : IAsyncDisposable
{
    private readonly Stream _stream;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private int _start;
    private int _end;
    private long _next;

    private MrtReader(Stream stream) => _stream = stream;

    /// <summary>The record read last.</summary>
    public MrtHeader Header { get; private set; }

    /// <summary>Its body; borrowed until the next read.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Where the record begins that was read last or could not be; of what is inside gzip.</summary>
    public long Offset { get; private set; }

    /// <summary>Opens a stream, whose first two octets say whether it is compressed.</summary>
    /// <param name="stream">Can seek; disposed with the reader.</param>
    public static MrtReader Open(Stream stream)
    {
        Span<byte> magic = stackalloc byte[2];
        var read = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        var isGzip = read == 2 && magic is [0x1F, 0x8B];
        return new MrtReader(isGzip ? new GZipStream(stream, CompressionMode.Decompress) : stream);
    }

    /// <summary>Reads the next record.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="InvalidDataException">The stream ends inside a record, holds one that is too long, or is no
    /// gzip although it begins as such; nothing after that can be read.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Offset = _next;
        if (!await FillAsync(MrtHeader.Length, cancellationToken))
        {
            return false;
        }

        if (!MrtHeader.TryRead(_buffer.AsSpan(_start, MrtHeader.Length), out var header))
        {
            throw new InvalidDataException($"the record at octet {Offset} is longer than {MrtHeader.MaxBodyLength}");
        }

        if (!await FillAsync(MrtHeader.Length + header.BodyLength, cancellationToken))
        {
            throw new InvalidDataException($"the record at octet {Offset} is cut short");
        }

        Header = header;
        Body = _buffer.AsMemory(_start + MrtHeader.Length, header.BodyLength);
        _start += MrtHeader.Length + header.BodyLength;
        _next += MrtHeader.Length + header.BodyLength;
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        Body = default;
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _buffer, []));
    }

    /// <summary>Has so many octets in the buffer, which grows with what comes and not with what a length announces.</summary>
    /// <returns>False when the stream ends before the first of them.</returns>
    private async ValueTask<bool> FillAsync(int octets, CancellationToken cancellationToken)
    {
        while (_end - _start < octets)
        {
            if (_end == _buffer.Length || _buffer.Length - _start < octets)
            {
                MakeRoom();
            }

            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                return _end == _start
                    ? false
                    : throw new InvalidDataException($"the record at octet {Offset} is cut short");
            }

            _end += read;
        }

        return true;
    }

    /// <summary>Moves what waits to the front; into a buffer twice as long when it fills this one.</summary>
    private void MakeRoom()
    {
        var waiting = _buffer.AsSpan(_start, _end - _start);
        if (waiting.Length < _buffer.Length)
        {
            waiting.CopyTo(_buffer);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            waiting.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        (_start, _end) = (0, waiting.Length);
    }
}
