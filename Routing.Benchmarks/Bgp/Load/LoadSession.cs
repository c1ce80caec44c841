using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Routing.Benchmarks.Bgp.Load;

/// <summary>The other end of a session: as little of BGP as a speaker under test asks for, so that it is never what is
/// measured. Owned by one <see cref="LoadLoop"/>.</summary>
internal sealed unsafe class LoadSession
{
    private const int HeaderLength = 19;
    private const int MaxMessageLength = 4096;
    private const int MostSentAtOnce = 256 * 1024;
    private const int TcpProtocol = 6;
    private const int TcpNoDelay = 1;
    private const byte Open = 1;
    private const byte Update = 2;
    private const byte Notification = 3;
    private const byte Keepalive = 4;

    private static readonly byte[] KeepaliveMessage = Message(Keepalive, []);

    private readonly LoadLoop _loop;
    private readonly int _number;
    private readonly IPEndPoint _speaker;
    private readonly byte[] _part = new byte[MaxMessageLength];
    private int _partLength;
    private byte[] _pending = [];
    private int _sent;
    private bool _waitsToSend;
    private bool _isConnecting;
    private int _socket = -1;
    private long _lastHeard;

    public LoadSession(LoadLoop loop, int number, PeerPlan peer, IPEndPoint speaker) =>
        (_loop, _number, Peer, _speaker) = (loop, number, peer, speaker);

    /// <summary>Who it pretends to be.</summary>
    public PeerPlan Peer { get; }

    /// <summary>What it has been told; null while nobody counts.</summary>
    public PrefixSet? Prefixes { get; set; }

    /// <summary>OPEN and KEEPALIVE have come.</summary>
    public bool IsEstablished { get; private set; }

    /// <summary>Everything handed to <see cref="Send"/> is in the kernel.</summary>
    public bool HasSentAll => _sent == _pending.Length;

    /// <summary>The longest time without a word from the speaker, in milliseconds.</summary>
    public long LongestSilence { get; private set; }

    /// <summary>Begins to connect. What fails before Established is tried again by the loop.</summary>
    public void Connect()
    {
        (_partLength, _pending, _sent, _isConnecting, IsEstablished) = (0, [], 0, true, false);
        _socket = Check(LibC.Socket(LibC.InternetFamily, LibC.StreamNonBlocking, 0), "socket");
        Check(LibC.SetSocketOption(_socket, TcpProtocol, TcpNoDelay, 1, sizeof(int)), "TCP_NODELAY");
        Check(LibC.Bind(_socket, AddressOf(Peer.Address, 0), sizeof(LibC.InternetAddress)), "bind");
        var status = LibC.Connect(_socket, AddressOf(_speaker.Address, _speaker.Port), sizeof(LibC.InternetAddress));
        if (status < 0 && Marshal.GetLastPInvokeError() != LibC.InProgress)
        {
            Retry();
            return;
        }

        _waitsToSend = true;
        _loop.Watch(_socket, _number, LibC.ControlAdd, LibC.Readable | LibC.Writable);
    }

    /// <summary>Sends octets as they are, as fast as the speaker takes them, after what was handed over before.</summary>
    public void Send(byte[] messages)
    {
        _pending = HasSentAll ? messages : [.. _pending.AsSpan(_sent), .. messages];
        _sent = 0;
        WaitToSend(true);
    }

    /// <summary>Closes the connection, and does not come back.</summary>
    public void Close()
    {
        if (_socket >= 0)
        {
            // What lies unread would turn the FIN into a reset.
            fixed (byte* scratch = _loop.ReceiveBuffer)
            {
                _ = LibC.Receive(_socket, scratch, _loop.ReceiveBuffer.Length, 0);
            }
        }

        Drop();
    }

    /// <summary>KEEPALIVE, unless UPDATEs are under way: they do as well.</summary>
    public void KeepAlive(long now)
    {
        if (IsEstablished)
        {
            LongestSilence = Math.Max(LongestSilence, now - _lastHeard);
            if (HasSentAll)
            {
                Send(KeepaliveMessage);
            }
        }
    }

    /// <summary>The loop has news of the socket.</summary>
    public void OnReady(uint events)
    {
        if (_isConnecting && (events & ~LibC.Readable) != 0)
        {
            _isConnecting = false;
            Send(OpenMessage());
        }

        if ((events & LibC.Writable) != 0 && _socket >= 0)
        {
            Flush();
        }

        if ((events & ~LibC.Writable) != 0 && _socket >= 0)
        {
            Receive();
        }
    }

    private void Flush()
    {
        if (HasSentAll)
        {
            WaitToSend(false);
            return;
        }

        fixed (byte* pending = _pending)
        {
            var sent = LibC.Send(
                _socket, pending + _sent, Math.Min(MostSentAtOnce, _pending.Length - _sent), LibC.NoSignal);
            if (sent >= 0)
            {
                _sent += (int)sent;
                WaitToSend(!HasSentAll);
            }
            else if (Marshal.GetLastPInvokeError() is not LibC.TryAgain and not LibC.Interrupted)
            {
                OnLost("sending failed");
            }
        }
    }

    private void Receive()
    {
        var buffer = _loop.ReceiveBuffer;
        _part.AsSpan(0, _partLength).CopyTo(buffer);
        nint received;
        fixed (byte* start = buffer)
        {
            received = LibC.Receive(_socket, start + _partLength, buffer.Length - _partLength, 0);
        }

        if (received <= 0)
        {
            if (received == 0 || Marshal.GetLastPInvokeError() is not LibC.TryAgain and not LibC.Interrupted)
            {
                OnLost("the speaker closed the connection");
            }

            return;
        }

        LongestSilence = Math.Max(LongestSilence, IsEstablished ? _loop.Now - _lastHeard : 0);
        _lastHeard = _loop.Now;
        var octets = buffer.AsSpan(0, _partLength + (int)received);
        _partLength = 0;
        while (octets.Length >= HeaderLength
               && BinaryPrimitives.ReadUInt16BigEndian(octets[16..]) is var length && length <= octets.Length)
        {
            if (!Take(octets[18], octets[HeaderLength..length]))
            {
                return;
            }

            octets = octets[length..];
        }

        octets.CopyTo(_part);
        _partLength = octets.Length;
    }

    /// <returns>False when the connection is gone.</returns>
    private bool Take(byte type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case Update when Prefixes is { } prefixes:
                UpdateCounter.Take(body, prefixes);
                return true;
            case Open:
                Send(KeepaliveMessage);
                return true;
            case Keepalive when !IsEstablished:
                IsEstablished = true;
                _loop.EstablishedCount++;
                return true;
            case Notification:
                OnLost($"NOTIFICATION {body[0]}/{body[1]}");
                return false;
            default:
                return true;
        }
    }

    private void OnLost(string reason)
    {
        if (IsEstablished)
        {
            _loop.Fail($"{Peer.Name}: {reason}");
            Drop();
        }
        else
        {
            Drop();
            Retry();
        }
    }

    private void Retry() => _loop.ConnectLater(this);

    private void Drop()
    {
        if (_socket >= 0)
        {
            _ = LibC.Close(_socket);
        }

        _loop.EstablishedCount -= IsEstablished ? 1 : 0;
        (_socket, IsEstablished, _pending, _sent) = (-1, false, [], 0);
    }

    private void WaitToSend(bool waits)
    {
        if (waits != _waitsToSend && _socket >= 0)
        {
            _waitsToSend = waits;
            _loop.Watch(_socket, _number, LibC.ControlModify, LibC.Readable | (waits ? LibC.Writable : 0));
        }
    }

    /// <summary>Hold time 3 s, the shortest (RFC 4271 §4.2); IPv4 unicast and four-octet AS numbers (RFC 6793).</summary>
    private byte[] OpenMessage()
    {
        var asn = (ushort)Peer.Asn;
        return Message(
            Open,
            [
                4, (byte)(asn >> 8), (byte)asn, 0, 3, .. Peer.Address.GetAddressBytes(),
                14, 2, 12, 1, 4, 0, 1, 0, 1, 65, 4, 0, 0, (byte)(asn >> 8), (byte)asn,
            ]);
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

    private static LibC.InternetAddress AddressOf(IPAddress address, int port) => new()
    {
        Family = LibC.InternetFamily,
        Port = BinaryPrimitives.ReverseEndianness((ushort)port),
        Address = MemoryMarshal.Read<uint>(address.GetAddressBytes()),
    };

    private static int Check(int status, string what) =>
        status >= 0 ? status : throw new IOException($"{what}: errno {Marshal.GetLastPInvokeError()}");
}
