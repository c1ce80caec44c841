using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire;

/// <summary>Cuts a stream of octets, arriving in pieces of any size, into messages with a valid header (RFC 4271
/// §6.1).</summary>
/// <remarks>
/// One rented buffer. The reader fills <see cref="GetMemory"/>, calls <see cref="Advance"/>, then <see cref="Read"/>
/// until it is Incomplete; the rest moves to the front only when the tail is too short for another message.
/// <code>
/// | consumed | message | message | part of one |      free      |
///            ^ _start                          ^ _end
/// </code></remarks>
internal sealed class MessageFramer : IDisposable
{
    /// <summary>Room for a socket read that makes a system call worth its cost.</summary>
    private const int BufferLength = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
    private int _start;
    private int _end;

    /// <summary>We have announced that we take extended messages (RFC 8654 §4). The buffer holds one of the greatest length
    /// as it is; only its tail is then shorter than a message at times.</summary>
    public bool TakesExtended { get; set; }

    /// <summary>Octets received and not yet cut.</summary>
    public int Buffered => _end - _start;

    /// <summary>Where the next octets of the stream go; never empty, since what is left in the buffer is shorter than a
    /// message and a message shorter than the buffer.</summary>
    public Memory<byte> GetMemory()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_buffer.Length - _end < MessageHeader.MaxMessageLength)
        {
            _buffer.AsSpan(_start, Buffered).CopyTo(_buffer);
            (_start, _end) = (0, Buffered);
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>Says how many octets were put into <see cref="GetMemory"/>.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_buffer.Length - _end), nameof(count));
        _end += count;
    }

    /// <summary>Takes the next message.</summary>
    /// <param name="body">The message after its header. Borrowed until the next <see cref="GetMemory"/>.</param>
    /// <param name="error">Set when the status is <see cref="FrameStatus.Error"/>.</param>
    public FrameStatus Read(out MessageType type, out ReadOnlySpan<byte> body, out DecodeError? error)
    {
        var buffered = _buffer.AsSpan(_start, Buffered);
        type = default;
        body = default;
        error = null;
        if (buffered.Length < MessageHeader.Length)
        {
            return FrameStatus.Incomplete;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(buffered[MessageHeader.MarkerLength..]);
        type = (MessageType)buffered[MessageHeader.MarkerLength + sizeof(ushort)];
        if (!IsValidHeader(buffered, type, length, out error))
        {
            return FrameStatus.Error;
        }

        if (buffered.Length < length)
        {
            return FrameStatus.Incomplete;
        }

        body = buffered[MessageHeader.Length..length];
        _start += length;
        return FrameStatus.Message;
    }

    /// <summary>Puts the message back that <see cref="Read"/> has just cut.</summary>
    /// <param name="bodyLength">Octets of its body.</param>
    public void Unread(int bodyLength) => _start -= MessageHeader.Length + bodyLength;

    /// <summary>Returns the buffer.</summary>
    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        (_start, _end) = (0, 0);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool IsValidHeader(
        ReadOnlySpan<byte> header, MessageType type, ushort length, [NotNullWhen(false)] out DecodeError? error)
    {
        error = null;
        if (!header.StartsWith(MessageHeader.Marker))
        {
            error = DecodeError.ConnectionNotSynchronized();
        }
        else if (length < MessageHeader.Length || length > MaxLength(type))
        {
            error = DecodeError.BadMessageLength(type, length);
        }
        else if (type is < MessageType.Open or > MessageType.RouteRefresh)
        {
            error = DecodeError.BadMessageType((byte)type);
        }
        else if (!IsValidLength(type, length))
        {
            error = DecodeError.BadMessageLength(type, length);
        }

        return error is null;
    }

    /// <summary>RFC 8654 §4: OPEN and KEEPALIVE stay as they were.</summary>
    private int MaxLength(MessageType type) => TakesExtended && type is not (MessageType.Open or MessageType.Keepalive)
        ? MessageHeader.MaxExtendedLength
        : MessageHeader.MaxMessageLength;

    /// <summary>The least length of each type, or its only one (RFC 4271 §6.1, RFC 2918 §3).</summary>
    private static bool IsValidLength(MessageType type, ushort length) => type switch
    {
        MessageType.Open => length >= MessageHeader.Length + 10,
        MessageType.Update => length >= MessageHeader.Length + 4,
        MessageType.Notification => length >= MessageHeader.Length + 2,
        MessageType.Keepalive => length == MessageHeader.Length,
        _ => length >= MessageHeader.Length + 4, // with filters more (RFC 5291 §4)
    };
}
