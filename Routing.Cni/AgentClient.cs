using System.Buffers.Binary;
using System.Net.Sockets;
using Google.Protobuf;
using Routing.Cni.Protocol;

namespace Routing.Cni;

/// <summary>Asks the agent: one connection, one request, one reply (Protocol/cni.proto).</summary>
internal static class AgentClient
{
    /// <summary>Longest message either way.</summary>
    public const int MaxMessage = 1 << 20;

    private const int PrefixLength = sizeof(uint);

    /// <exception cref="CniException">Nobody listens, nobody answers in time, or the answer cannot be read.</exception>
    public static CniReply Call(string socketPath, CniRequest request)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // A full backlog makes connect and send wait; SO_SNDTIMEO bounds both.
            socket.SendTimeout = socket.ReceiveTimeout = (int)request.TimeoutMilliseconds;
            socket.Connect(new UnixDomainSocketEndPoint(socketPath));
            Send(socket, request);
            return Receive(socket);
        }
        catch (SocketException e)
        {
            throw Unavailable(socketPath, request.Command, e);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new CniException(CniErrorCode.InvalidNetworkConfig,
                $"socket '{socketPath}' is longer than the 107 octets that Linux allows");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new CniException(CniErrorCode.DecodingFailure, $"the reply from {socketPath} cannot be read", e.Message);
        }
    }

    private static void Send(Socket socket, CniRequest request)
    {
        var length = request.CalculateSize();
        if (length > MaxMessage)
        {
            throw new CniException(CniErrorCode.InvalidNetworkConfig,
                $"the request is {length} octets long; the agent takes at most {MaxMessage}");
        }

        var message = new byte[PrefixLength + length];
        BinaryPrimitives.WriteUInt32BigEndian(message, (uint)length);
        request.WriteTo(message.AsSpan(PrefixLength));
        for (var sent = 0; sent < message.Length;)
        {
            sent += socket.Send(message.AsSpan(sent));
        }
    }

    private static CniReply Receive(Socket socket)
    {
        Span<byte> prefix = stackalloc byte[PrefixLength];
        Fill(socket, prefix);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length > MaxMessage)
        {
            throw new CniException(CniErrorCode.DecodingFailure,
                $"the agent announces a reply of {length} octets; at most {MaxMessage} are allowed");
        }

        var body = new byte[length];
        Fill(socket, body);
        return CniReply.Parser.ParseFrom(body);
    }

    private static void Fill(Socket socket, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var read = socket.Receive(buffer);
            if (read == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            buffer = buffer[read..];
        }
    }

    /// <summary>The runtime retries on 11; for STATUS the specification has a code of its own (CNI 1.1.0 §2 STATUS).</summary>
    private static CniException Unavailable(string socketPath, CniCommand command, SocketException error)
    {
        var code = command == CniCommand.Status ? CniErrorCode.PluginNotAvailable : CniErrorCode.TryAgainLater;
        var message = error.SocketErrorCode switch
        {
            SocketError.AddressNotAvailable or SocketError.ConnectionRefused or SocketError.AddressFamilyNotSupported =>
                $"the agent does not listen on {socketPath}; check that its pod runs on this node "
                + "and that the network configuration's \"socket\" names its socket",
            SocketError.AccessDenied => $"{socketPath} may not be opened; routing-cni has to run as root",
            SocketError.TimedOut or SocketError.WouldBlock or SocketError.TryAgain =>
                $"the agent on {socketPath} did not answer in time; see its log",
            SocketError.ConnectionReset or SocketError.Shutdown =>
                $"the agent on {socketPath} closed the connection without an answer; it may be restarting",
            _ => $"the agent on {socketPath} cannot be reached",
        };
        return new CniException(code, message, $"{error.SocketErrorCode} (errno {error.NativeErrorCode})");
    }
}
