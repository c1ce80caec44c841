using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Routing.Benchmarks.Bgp;

/// <summary>The other end of a session for measuring: as little of BGP as a speaker under test asks for, so that it is never
/// what is measured.</summary>
internal sealed class BgpEndpoint : IDisposable
{
    private const int HeaderLength = 19;
    private const byte Open = 1;
    private const byte Update = 2;
    private const byte Keepalive = 4;

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[1 << 20];
    private int _start;
    private int _end;

    private BgpEndpoint(Socket socket) => _socket = socket;

    /// <summary>Connects from an address and brings the session up; tries again while nobody listens.</summary>
    public static async Task<BgpEndpoint> ConnectAsync(
        IPAddress source, IPEndPoint speaker, ushort asn, CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = new Socket(speaker.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Bind(new IPEndPoint(source, 0));
                await socket.ConnectAsync(speaker, cancellationToken);
                var endpoint = new BgpEndpoint(socket);
                await endpoint.OpenAsync(source, asn, cancellationToken);
                return endpoint;
            }
            catch (Exception e) when (e is SocketException or EndOfStreamException)
            {
                socket.Dispose();
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
        }
    }

    /// <summary>Sends octets as they are.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> messages, CancellationToken cancellationToken)
    {
        while (!messages.IsEmpty)
        {
            messages = messages[await _socket.SendAsync(messages, cancellationToken)..];
        }
    }

    /// <summary>Reads until so many IPv4 prefixes have been announced.</summary>
    /// <returns>UPDATE messages.</returns>
    public async Task<int> ReadPrefixesAsync(int count, CancellationToken cancellationToken)
    {
        var updates = 0;
        for (var seen = 0; seen < count;)
        {
            var message = await ReadMessageAsync(cancellationToken);
            if (message.Span[18] == Update)
            {
                updates++;
                seen += CountPrefixes(message.Span[HeaderLength..]);
            }
        }

        return updates;
    }

    public void Dispose() => _socket.Dispose();

    private static int CountPrefixes(ReadOnlySpan<byte> body)
    {
        body = body[(2 + BinaryPrimitives.ReadUInt16BigEndian(body))..];
        body = body[(2 + BinaryPrimitives.ReadUInt16BigEndian(body))..];
        var count = 0;
        for (; !body.IsEmpty; count++)
        {
            body = body[(1 + ((body[0] + 7) / 8))..];
        }

        return count;
    }

    private async Task OpenAsync(IPAddress source, ushort asn, CancellationToken cancellationToken)
    {
        // Version, AS, hold time 0, identifier; capabilities: IPv4 unicast and four-octet AS numbers (RFC 6793).
        byte[] body =
        [
            4, (byte)(asn >> 8), (byte)asn, 0, 0, .. source.GetAddressBytes(),
            14, 2, 12, 1, 4, 0, 1, 0, 1, 65, 4, 0, 0, (byte)(asn >> 8), (byte)asn,
        ];
        await SendAsync(Message(Open, body), cancellationToken);
        await SendAsync(Message(Keepalive, []), cancellationToken);
        for (var isUp = false; !isUp;)
        {
            isUp = (await ReadMessageAsync(cancellationToken)).Span[18] == Keepalive;
        }
    }

    private static byte[] Message(byte type, ReadOnlySpan<byte> body)
    {
        var message = new byte[HeaderLength + body.Length];
        message.AsSpan(0, 16).Fill(0xFF);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(16), (ushort)message.Length);
        message[18] = type;
        body.CopyTo(message.AsSpan(HeaderLength));
        return message;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadMessageAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var held = _end - _start;
            if (held >= HeaderLength)
            {
                int length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start + 16));
                if (held >= length)
                {
                    _start += length;
                    return _buffer.AsMemory(_start - length, length);
                }
            }

            if (_buffer.Length - _end < 4096)
            {
                _buffer.AsSpan(_start, held).CopyTo(_buffer);
                (_start, _end) = (0, held);
            }

            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException("the speaker closed the session");
            }

            _end += read;
        }
    }
}
