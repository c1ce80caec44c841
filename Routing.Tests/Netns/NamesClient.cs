using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Routing.Tests.Agent.Domains;

namespace Routing.Tests.Netns;

/// <summary>What a pod does with names: it asks for them, and connects.</summary>
internal static class NamesClient
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Asks a server for a name.</summary>
    public static byte[] Ask(TestNamespace from, string server, string name)
    {
        using var socket = from.Inner.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveTimeout = (int)Deadline.TotalMilliseconds;
        socket.Connect(new IPEndPoint(IPAddress.Parse(server), 53));
        socket.Send(DnsMessages.Query(name));
        var buffer = new byte[ushort.MaxValue];
        return buffer[..socket.Receive(buffer)];
    }

    /// <summary>Opens a connection to a server, to ask by.</summary>
    public static Socket OpenTcp(TestNamespace from, string server)
    {
        var socket = from.Inner.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.ReceiveTimeout = (int)Deadline.TotalMilliseconds;
        socket.Connect(new IPEndPoint(IPAddress.Parse(server), 53));
        return socket;
    }

    /// <summary>Asks for names by a connection, all at once.</summary>
    /// <returns>The answers, in the same order.</returns>
    public static byte[][] Ask(Socket connection, params string[] names)
    {
        connection.Send(TcpPackets.Framed([.. names.Select(name => DnsMessages.Query(name))]));
        return [.. names.Select(_ => ReadFramed(connection) ?? throw new EndOfStreamException())];
    }

    /// <summary>Reads a message behind its length.</summary>
    /// <returns>Null at the connection's end.</returns>
    public static byte[]? ReadFramed(Socket connection) =>
        Read(connection, 2) is [var high, var low] ? Read(connection, (high << 8) | low) : null;

    private static byte[]? Read(Socket connection, int length)
    {
        var octets = new byte[length];
        for (var at = 0; at < length;)
        {
            var count = connection.Receive(octets.AsSpan(at));
            if (count == 0)
            {
                return null;
            }

            at += count;
        }

        return octets;
    }

    /// <summary>Begins a connection to port 80.</summary>
    public static Socket Connect(TestNamespace from, string address)
    {
        var socket = from.Inner.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Blocking = false;
        try
        {
            socket.Connect(new IPEndPoint(IPAddress.Parse(address), 80));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // it is on its way
        }

        return socket;
    }

    /// <summary>It is established.</summary>
    public static void ExpectOpen(Socket socket, string why) =>
        Assert.That(socket.Poll(Deadline, SelectMode.SelectWrite) && State(socket) == 1, Is.True, why);

    /// <summary>It has sent once and again, and is still waiting.</summary>
    public static void ExpectClosed(Socket socket, string why)
    {
        Assert.That(SpinWait.SpinUntil(() => Retransmitted(socket) > 0 || State(socket) != 2, Deadline), Is.True);
        Assert.That(State(socket), Is.EqualTo(2), why); // TCP_SYN_SENT
    }

    private static byte State(Socket socket) => Info(socket)[0];

    /// <summary>Packets that it had to send again.</summary>
    public static uint Retransmitted(Socket socket) => BinaryPrimitives.ReadUInt32LittleEndian(Info(socket).AsSpan(100)); // tcpi_total_retrans

    private static byte[] Info(Socket socket)
    {
        const int Tcp = 6, TcpInfo = 11;
        var info = new byte[104];
        socket.GetRawSocketOption(Tcp, TcpInfo, info);
        return info;
    }
}
