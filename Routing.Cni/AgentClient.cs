using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Routing.Cni.Protocol;

namespace Routing.Cni;

/// <summary>Asks the agent: one connection, one request, one reply (Protocol/cni.proto).</summary>
internal static class AgentClient
{
    /// <summary>Longest message either way.</summary>
    public const int MaxMessage = 1 << 20;

    private const int PrefixLength = sizeof(uint);

    // asm-generic/errno.h
    private const int NoSuchEntry = 2;
    private const int TryAgain = 11; // also what a time limit ends with
    private const int AccessDenied = 13;
    private const int NotADirectory = 20;
    private const int BrokenPipe = 32;
    private const int ConnectionReset = 104;
    private const int ConnectionRefused = 111;

    /// <exception cref="CniException">Nobody listens, nobody answers in time, or the answer cannot be read.</exception>
    public static CniReply Call(string socketPath, CniRequest request)
    {
        if (Encoding.UTF8.GetByteCount(socketPath) > UnixStream.MaxPath)
        {
            throw new CniException(CniErrorCode.InvalidNetworkConfig,
                $"socket '{socketPath}' is longer than the {UnixStream.MaxPath} octets that Linux allows");
        }

        try
        {
            using var stream = UnixStream.Connect(socketPath, TimeSpan.FromMilliseconds(request.TimeoutMilliseconds));
            Send(stream, request);
            return Receive(stream);
        }
        catch (UnixStreamException e)
        {
            throw Unavailable(socketPath, request.Command, e.Errno);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new CniException(
                CniErrorCode.DecodingFailure, $"the reply from {socketPath} cannot be read", e.Message);
        }
    }

    private static void Send(UnixStream stream, CniRequest request)
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
        stream.Write(message);
    }

    private static CniReply Receive(UnixStream stream)
    {
        Span<byte> prefix = stackalloc byte[PrefixLength];
        Fill(stream, prefix);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length > MaxMessage)
        {
            throw new CniException(CniErrorCode.DecodingFailure,
                $"the agent announces a reply of {length} octets; at most {MaxMessage} are allowed");
        }

        var body = new byte[length];
        Fill(stream, body);
        return CniReply.Parser.ParseFrom(body);
    }

    private static void Fill(UnixStream stream, Span<byte> buffer)
    {
        if (!stream.TryFill(buffer))
        {
            throw new UnixStreamException(ConnectionReset);
        }
    }

    /// <summary>The runtime retries on 11; for STATUS the specification has a code of its own (CNI 1.1.0 §2
    /// STATUS).</summary>
    private static CniException Unavailable(string socketPath, CniCommand command, int errno)
    {
        var code = command == CniCommand.Status ? CniErrorCode.PluginNotAvailable : CniErrorCode.TryAgainLater;
        var message = errno switch
        {
            NoSuchEntry or NotADirectory or ConnectionRefused =>
                $"the agent does not listen on {socketPath}; check that its pod runs on this node "
                + "and that \"socket\" in the network configuration names its socket",
            AccessDenied => $"{socketPath} may not be opened; routing-cni has to run as root",
            TryAgain => $"the agent on {socketPath} did not answer in time; see its log",
            ConnectionReset or BrokenPipe =>
                $"the agent on {socketPath} closed the connection without an answer; it may be restarting",
            _ => $"the agent on {socketPath} cannot be reached",
        };
        return new CniException(code, message, $"errno {errno}");
    }
}
