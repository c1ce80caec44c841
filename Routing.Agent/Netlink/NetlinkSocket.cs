using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Routing.Agent.Native;

namespace Routing.Agent.Netlink;

/// <summary>A netlink socket. It stays in the network namespace of the thread that opened it, whichever thread uses it
/// afterwards. Not thread-safe.</summary>
/// <remarks>
/// The kernel works on a request inside send(), so its answers already wait when send returns, and one send may hold
/// many requests. Only the last asks for an acknowledgement: the kernel answers a refused request anyway, so a batch of
/// any size that goes well costs two system calls.
/// </remarks>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private const int AddressFamily = 16; // AF_NETLINK
    private const int RawCloseOnExec = 3 | 0x80000; // SOCK_RAW | SOCK_CLOEXEC
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int NetlinkLevel = 270; // SOL_NETLINK
    private const int SendBuffer = 7, ReceiveBuffer = 8, ReceiveTimeout = 20; // SO_SNDBUF, SO_RCVBUF, SO_RCVTIMEO
    private const int SendBufferForce = 32, ReceiveBufferForce = 33; // SO_SNDBUFFORCE, SO_RCVBUFFORCE
    private const int AddMembership = 1, DropMembership = 2, NoOverruns = 5, CapAck = 10, ExtAck = 11, StrictCheck = 12; // NETLINK_*
    private const int TruncatedLength = 0x20; // MSG_TRUNC: recv tells the datagram's true length
    private const int DontWait = 0x40; // MSG_DONTWAIT

    /// <summary>Answers wait already when we ask for them (see the remarks), so this long means that one was
    /// lost.</summary>
    private const int AnswerTimeoutSeconds = 10;

    /// <summary>Retries of a dump during which the table kept changing (NLM_F_DUMP_INTR) before giving up.</summary>
    private const int DumpAttempts = 20;

    private readonly SafeFileHandle _socket;
    private readonly byte[] _receiveBuffer = GC.AllocateUninitializedArray<byte>(64 * 1024);
    private readonly string _name;
    private uint _sequence;
    private bool _isBehind; // an exchange broke off: what belongs to it may still wait or come
    private int _sendBuffer = 64 * 1024; // less than any kernel's default

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    /// <param name="groups">Multicast groups to listen to (RTNLGRP_*, NFNLGRP_*).</param>
    public NetlinkSocket(NetlinkProtocol protocol, params ReadOnlySpan<int> groups)
    {
        _name = $"netlink socket ({protocol.ToString().ToLowerInvariant()})";
        _socket = new SafeFileHandle(Check("open", LibC.Socket(AddressFamily, RawCloseOnExec, (int)protocol)), true);
        try
        {
            var address = new LibC.NetlinkAddress { Family = AddressFamily };
            Check("bind", LibC.Bind(_socket, in address, sizeof(LibC.NetlinkAddress)));
            var length = sizeof(LibC.NetlinkAddress);
            Check("read the address of", LibC.GetSocketName(_socket, ref address, ref length));
            PortId = address.PortId;
            SetOption("set NETLINK_EXT_ACK of", NetlinkLevel, ExtAck, 1);
            SetOption("set NETLINK_CAP_ACK of", NetlinkLevel, CapAck, 1);
            if (protocol == NetlinkProtocol.Route)
            {
                SetOption("set NETLINK_GET_STRICT_CHK of", NetlinkLevel, StrictCheck, 1);
            }

            SetReceiveBuffer(4 << 20);
            if (groups.IsEmpty)
            {
                var timeout = stackalloc long[] { AnswerTimeoutSeconds, 0 }; // struct timeval
                Check("set SO_RCVTIMEO of",
                    LibC.SetSocketOption(_socket, SocketLevel, ReceiveTimeout, timeout, 2 * sizeof(long)));
            }

            foreach (var group in groups)
            {
                Join(group);
            }
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>The descriptor, for poll().</summary>
    public SafeFileHandle Handle => _socket;

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>Our address, which the kernel's notifications of our own changes carry.</summary>
    public uint PortId { get; }

    /// <summary>A sequence number for the next request.</summary>
    public uint NextSequence() => ++_sequence;

    /// <summary>Leaves out sequence numbers that a batch gave its own requests.</summary>
    public void SkipSequences(uint last) => _sequence = last;

    /// <summary>Room for answers and notifications, past net.core.rmem_max.</summary>
    public void SetReceiveBuffer(int octets) => SetBuffer("receive", ReceiveBufferForce, ReceiveBuffer, octets);

    /// <summary>Makes room for one send of this size, past net.core.wmem_max.</summary>
    public void EnsureSendBuffer(int octets)
    {
        if (octets > _sendBuffer)
        {
            SetBuffer("send", SendBufferForce, SendBuffer, octets);
            _sendBuffer = octets;
        }
    }

    /// <summary>Sends requests that only fail or succeed and waits until the last is answered.</summary>
    /// <param name="requests">One or more messages, in the order of their sequence numbers; cleared afterwards.</param>
    /// <param name="errors">Receives what the kernel refused.</param>
    /// <param name="onAnswer">Takes answers that are no acknowledgements (to a GET among the requests).</param>
    public void Execute(NetlinkWriter requests, List<NetlinkError> errors, NetlinkHandler? onAnswer = null)
    {
        var first = MemoryMarshal.Read<uint>(requests.Written[8..]);
        var last = MemoryMarshal.Read<uint>(requests.Written[(requests.LastMessageStart + 8)..]);
        requests.AddFlags(requests.LastMessageStart, NetlinkFlags.Ack);
        Exchange(requests, first, last, firstEndsAll: false, errors, onAnswer);
    }

    /// <summary>Sends requests and reads their answers until the last one's.</summary>
    /// <param name="first">Sequence number of the first request.</param>
    /// <param name="last">Sequence number of the last one that asks for an acknowledgement.</param>
    /// <param name="firstEndsAll">True for an nf_tables batch: an error for its begin may be all that comes.</param>
    public void Exchange(
        NetlinkWriter requests, uint first, uint last, bool firstEndsAll, List<NetlinkError> errors,
        NetlinkHandler? onAnswer)
    {
        CatchUp();
        Send(requests);
        while (true)
        {
            var reader = new NetlinkReader(Receive());
            while (reader.TryRead(out var message))
            {
                if (message.Sequence - first > last - first)
                {
                    continue; // an answer to a request that was given up
                }

                if (message.Type != NetlinkMessage.Error)
                {
                    onAnswer?.Invoke(in message);
                    continue;
                }

                var error = NetlinkError.Read(in message);
                if (error.Errno != 0)
                {
                    errors.Add(error);
                }

                if (message.Sequence == last || (firstEndsAll && message.Sequence == first))
                {
                    _isBehind = false;
                    return;
                }
            }
        }
    }

    /// <summary>Sends one request that is answered by a list of messages.</summary>
    /// <param name="operation">For the exception, as in "list routes".</param>
    /// <param name="request">A single message; cleared afterwards.</param>
    /// <param name="begin">Called before the first answer, and again when the list has to be read anew.</param>
    public List<T> Dump<T>(
        string operation, NetlinkWriter request, NetlinkDecoder<T> decode, Action? begin = null)
    {
        request.AddFlags(request.LastMessageStart, NetlinkFlags.Dump);
        var octets = request.Written.ToArray();
        for (var attempt = 1; ; attempt++)
        {
            var values = new List<T>();
            var sequence = NextSequence();
            MemoryMarshal.Write(octets.AsSpan(8), sequence);
            request.Clear();
            begin?.Invoke();
            CatchUp();
            Send(octets);
            var consistent = ReadDump(operation, sequence, values, decode);
            if (consistent)
            {
                return values;
            }

            if (attempt == DumpAttempts)
            {
                throw new NetlinkException(operation, "", Errno.Interrupted, "It kept changing while it was read.");
            }
        }
    }

    /// <summary>Waits for a datagram.</summary>
    /// <returns>Its octets, messages or nothing. Borrowed: good until the next receive.</returns>
    /// <exception cref="NetlinkException">Among others ENOBUFS: the kernel dropped messages that were for
    /// us.</exception>
    public ReadOnlySpan<byte> Receive()
    {
        var result = ReceiveInto(_receiveBuffer, TruncatedLength, out var from);
        return Datagram(result == -Errno.TryAgain ? -Errno.TimedOut : result, from);
    }

    /// <summary>Takes a datagram if one waits.</summary>
    /// <inheritdoc cref="Receive"/>
    public bool TryReceive(out ReadOnlySpan<byte> datagram)
    {
        var result = ReceiveInto(_receiveBuffer, TruncatedLength | DontWait, out var from);
        datagram = result == -Errno.TryAgain ? default : Datagram(result, from);
        return result != -Errno.TryAgain;
    }

    /// <summary>Throws away everything that waits. After ENOBUFS the kernel goes on dropping, without saying so again,
    /// until the queue was empty once (NETLINK_S_CONGESTED); only then does a fresh look miss nothing.</summary>
    public void Drain()
    {
        int result;
        do
        {
            result = ReceiveInto(_receiveBuffer, DontWait, out _);
        }
        while (result >= 0 || result == -Errno.NoBuffers);
        if (result != -Errno.TryAgain)
        {
            throw new NetlinkException("receive from", _name, -result);
        }
    }

    /// <summary>After an exchange that broke off (ENOBUFS, an answer that nobody could read) the kernel drops what it has to say until
    /// the queue was empty once, and takes no dump while the last one has not been read to its end.</summary>
    private void CatchUp()
    {
        if (_isBehind)
        {
            Drain();
        }

        _isBehind = true;
    }

    /// <summary>Sends everything written as one datagram and clears the writer.</summary>
    public void Send(NetlinkWriter requests)
    {
        try
        {
            Send(requests.Written);
        }
        finally
        {
            requests.Clear();
        }
    }

    private void Send(ReadOnlySpan<byte> octets)
    {
        fixed (byte* data = octets)
        {
            while (LibC.Send(_socket, data, octets.Length, 0) < 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.Interrupted)
                {
                    throw new NetlinkException($"send {octets.Length} octets to", _name, errno);
                }
            }
        }
    }

    private ReadOnlySpan<byte> Datagram(int lengthOrError, uint fromPort)
    {
        if (lengthOrError < 0 || lengthOrError > _receiveBuffer.Length)
        {
            throw new NetlinkException(
                "receive from", _name, lengthOrError < 0 ? -lengthOrError : Errno.MessageTooLong);
        }

        // Port 0 is the kernel's; another process may write to us too and is not heard.
        return fromPort == 0 ? _receiveBuffer.AsSpan(0, lengthOrError) : default;
    }

    /// <returns>Octets, or the negative errno.</returns>
    private int ReceiveInto(Span<byte> buffer, int flags, out uint fromPort)
    {
        var fromLength = sizeof(LibC.NetlinkAddress);
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var length = LibC.ReceiveFrom(_socket, start, buffer.Length, flags, out var from, ref fromLength);
                fromPort = from.PortId;
                if (length >= 0)
                {
                    return (int)length;
                }

                var errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.Interrupted)
                {
                    return -errno;
                }
            }
        }
    }

    /// <returns>False when what was listed changed meanwhile.</returns>
    private bool ReadDump<T>(string operation, uint sequence, List<T> values, NetlinkDecoder<T> decode)
    {
        var consistent = true;
        while (true)
        {
            var reader = new NetlinkReader(Receive());
            while (reader.TryRead(out var message))
            {
                if (message.Sequence != sequence)
                {
                    continue;
                }

                consistent &= !message.Flags.HasFlag(NetlinkFlags.DumpInterrupted);
                if (message.Type is NetlinkMessage.Done or NetlinkMessage.Error)
                {
                    var end = NetlinkError.Read(in message);
                    _isBehind = false;
                    return end.Errno == 0
                        ? consistent
                        : throw new NetlinkException(operation, "", end.Errno, end.Message);
                }

                if (decode(in message, out var value))
                {
                    values.Add(value);
                }
            }
        }
    }

    /// <summary>Sets a buffer's size past the host's limit, which wants CAP_NET_ADMIN outside of any user namespace; up to
    /// the limit where that is not given.</summary>
    private void SetBuffer(string name, int force, int ordinary, int octets)
    {
        if (LibC.SetSocketOption(_socket, SocketLevel, force, &octets, sizeof(int)) < 0)
        {
            SetOption($"set the {name} buffer of", SocketLevel, ordinary, octets);
        }
    }

    /// <summary>Nothing is said of messages that the kernel had no room for: who sent them knows (NETLINK_NO_ENOBUFS).</summary>
    public void IgnoreOverruns() => SetOption("set NETLINK_NO_ENOBUFS of", NetlinkLevel, NoOverruns, 1);

    /// <summary>Listens to a group from here on.</summary>
    public void Join(int group) => SetOption($"join group {group} with", NetlinkLevel, AddMembership, group);

    /// <summary>Listens to a group no longer; what has come already stays to be received.</summary>
    public void Leave(int group) => SetOption($"leave group {group} with", NetlinkLevel, DropMembership, group);

    private void SetOption(string operation, int level, int name, int value) =>
        Check(operation, LibC.SetSocketOption(_socket, level, name, &value, sizeof(int)));

    private int Check(string operation, int result) =>
        result >= 0 ? result : throw new NetlinkException(operation, _name, Marshal.GetLastPInvokeError());
}
