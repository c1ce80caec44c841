using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using Google.Protobuf;
using Routing.Cni.Protocol;

namespace Routing.Agent.Cni;

/// <summary>Messages on the CNI socket: four octets of length, most significant first, then the message
/// (cni.proto).</summary>
internal static class CniFraming
{
    /// <summary>Longest message either way.</summary>
    public const int MaxMessage = 1 << 20;

    private const int PrefixLength = sizeof(uint);

    /// <summary>Reads one request.</summary>
    /// <returns>Null when the client closed without a word, as a probe for life does.</returns>
    /// <exception cref="InvalidDataException">It is too long, cut short, or not a request.</exception>
    public static async Task<CniRequest?> ReadRequestAsync(Socket socket, CancellationToken cancellationToken)
    {
        var prefix = new byte[PrefixLength];
        var first = await socket.ReceiveAsync(prefix, cancellationToken);
        if (first == 0)
        {
            return null;
        }

        await FillAsync(socket, prefix.AsMemory(first), cancellationToken);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length > MaxMessage)
        {
            throw new InvalidDataException($"the request announces {length} octets; at most {MaxMessage} are allowed");
        }

        var body = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            await FillAsync(socket, body.AsMemory(0, (int)length), cancellationToken);
            return CniRequest.Parser.ParseFrom(body, 0, (int)length);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException($"the request cannot be read: {e.Message}", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    /// <summary>Writes the reply.</summary>
    public static async Task WriteReplyAsync(Socket socket, CniReply reply, CancellationToken cancellationToken)
    {
        var length = reply.CalculateSize();
        var message = new byte[PrefixLength + length];
        BinaryPrimitives.WriteUInt32BigEndian(message, (uint)length);
        reply.WriteTo(message.AsSpan(PrefixLength));
        for (var rest = message.AsMemory(); rest.Length > 0;)
        {
            rest = rest[await socket.SendAsync(rest, cancellationToken)..];
        }
    }

    private static async Task FillAsync(Socket socket, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (buffer.Length > 0)
        {
            var read = await socket.ReceiveAsync(buffer, cancellationToken);
            if (read == 0)
            {
                throw new InvalidDataException("the request is cut short");
            }

            buffer = buffer[read..];
        }
    }
}
