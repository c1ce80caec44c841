using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Routing.Bgp.Bfd.Udp;

/// <summary>A port on which packets of one kind come in: a family, single hop or multihop.</summary>
internal sealed unsafe class BfdPort : IDisposable
{
    /// <summary>RFC 5881 §4.</summary>
    public const int SingleHop = 3784;

    /// <summary>RFC 5883 §8.</summary>
    public const int Multihop = 4784;

    // linux/in.h and linux/in6.h.
    private const int IpLevel = 0;
    private const int IpTimeToLive = 2;
    private const int IpReceiveTimeToLive = 12;
    private const int IPv6Level = 41;
    private const int IPv6ReceiveHopLimit = 51;
    private const int IPv6HopLimit = 52;

    private const int NameSize = 28; // struct sockaddr_in6, the larger one
    private const int ControlSize = 64;

    private readonly Socket _socket;
    private readonly bool _isMultihop;

    private BfdPort(Socket socket, bool isMultihop) => (_socket, _isMultihop) = (socket, isMultihop);

    /// <summary>What to poll.</summary>
    public int Descriptor => (int)_socket.SafeHandle.DangerousGetHandle();

    /// <summary>Opens the port on all addresses of this machine.</summary>
    /// <exception cref="SocketException">Another BFD daemon has it, or the kernel lacks the family.</exception>
    public static BfdPort Open(AddressFamily family, bool isMultihop)
    {
        var isIPv6 = family == AddressFamily.InterNetworkV6;
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (isIPv6)
            {
                socket.DualMode = false;
            }

            socket.SetRawSocketOption(
                isIPv6 ? IPv6Level : IpLevel, isIPv6 ? IPv6ReceiveHopLimit : IpReceiveTimeToLive, [1, 0, 0, 0]);
            var any = isIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
            socket.Bind(new IPEndPoint(any, isMultihop ? Multihop : SingleHop));
            return new BfdPort(socket, isMultihop);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes a datagram that has arrived, without waiting and without allocating.</summary>
    /// <param name="buffer">Where its payload goes; what does not fit is lost, and no BFD packet is that long.</param>
    public bool TryReceive(Span<byte> buffer, out BfdOrigin origin, out int length)
    {
        Span<byte> name = stackalloc byte[NameSize];
        Span<byte> control = stackalloc byte[ControlSize];
        fixed (byte* payloadAt = buffer, nameAt = name, controlAt = control)
        {
            var vector = new LibC.IoVector { Base = payloadAt, Length = (nuint)buffer.Length };
            var message = new LibC.MessageHeader
            {
                Name = nameAt,
                NameLength = NameSize,
                Vectors = &vector,
                VectorCount = 1,
                Control = controlAt,
                ControlLength = ControlSize,
            };
            length = (int)LibC.ReceiveMessage(_socket.SafeHandle, &message, LibC.DontWait);
            if (length < 0)
            {
                origin = default;
                return false; // nothing there; whatever else it is, the next call shows it again
            }

            origin = new BfdOrigin(ReadName(name), ReadTimeToLive(control[..(int)message.ControlLength]));
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>struct sockaddr_in or sockaddr_in6; the same integers as <see cref="BfdPathKey.For"/> makes.</summary>
    private BfdPathKey ReadName(ReadOnlySpan<byte> name)
    {
        if (_socket.AddressFamily == AddressFamily.InterNetwork)
        {
            var mapped = new UInt128(0, 0xFFFF_0000_0000ul | BinaryPrimitives.ReadUInt32BigEndian(name[4..]));
            return new BfdPathKey(mapped, 0, _isMultihop);
        }

        var address = BinaryPrimitives.ReadUInt128BigEndian(name[8..]);
        var isLinkLocal = (ulong)(address >> 118) == 0xFE80 >> 6;
        return new BfdPathKey(address, isLinkLocal ? MemoryMarshal.Read<uint>(name[24..]) : 0, _isMultihop);
    }

    private static int ReadTimeToLive(ReadOnlySpan<byte> control)
    {
        while (control.Length >= sizeof(LibC.ControlHeader))
        {
            var header = MemoryMarshal.Read<LibC.ControlHeader>(control);
            if ((header.Level, header.Type) is (IpLevel, IpTimeToLive) or (IPv6Level, IPv6HopLimit))
            {
                return Unsafe.ReadUnaligned<int>(in control[sizeof(LibC.ControlHeader)]);
            }

            var aligned = ((int)header.Length + sizeof(nuint) - 1) & ~(sizeof(nuint) - 1);
            control = aligned > 0 && aligned <= control.Length ? control[aligned..] : default;
        }

        return 0; // the kernel did not say: then it has not crossed zero routers as far as we know
    }
}
