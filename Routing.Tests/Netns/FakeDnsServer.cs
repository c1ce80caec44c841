using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Routing.Policy.Model;
using Routing.Tests.Agent.Domains;

namespace Routing.Tests.Netns;

/// <summary>Answers what it is asked, over UDP and TCP.</summary>
internal sealed class FakeDnsServer : IDisposable
{
    private const uint Ttl = 60;
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly Thread[] _threads;

    public FakeDnsServer(TestNamespace inside, string address)
    {
        var local = new IPEndPoint(IPAddress.Parse(address), 53);
        _udp = inside.Inner.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _udp.SendBufferSize = 1 << 20;
        _udp.Bind(local);
        _tcp = inside.Inner.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _tcp.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _tcp.Bind(local);
        _tcp.Listen();
        _threads = [.. new Action[] { RunUdp, RunTcp }.Select(run => new Thread(() => Run(run)) { IsBackground = true, Name = "dns" })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>What names stand for: addresses with spaces.</summary>
    public ConcurrentDictionary<string, string> Names { get; } = [];

    /// <summary>Instead of any answer.</summary>
    public byte[]? Garbage { get; set; }

    /// <summary>Over TCP, octets that are sent at once.</summary>
    public int Piece { get; set; } = int.MaxValue;

    public void Dispose()
    {
        _udp.Dispose();
        _tcp.Dispose();
        Array.ForEach(_threads, thread => thread.Join());
    }

    private static void Run(Action run)
    {
        try
        {
            run();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // it is being disposed of
        }
    }

    private void RunUdp()
    {
        var buffer = new byte[512];
        while (true)
        {
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            var query = buffer[.._udp.ReceiveFrom(buffer, ref from)];
            if (query.Length > 0)
            {
                _udp.SendTo(Garbage ?? Answer(query), from);
            }
        }
    }

    private void RunTcp()
    {
        while (true)
        {
            var connection = _tcp.Accept();
            var thread = new Thread(() => Run(() => Serve(connection))) { IsBackground = true, Name = "dns connection" };
            thread.Start();
        }
    }

    private void Serve(Socket connection)
    {
        using var _ = connection;
        connection.NoDelay = true;
        while (NamesClient.ReadFramed(connection) is { } query)
        {
            var answer = TcpPackets.Framed(Garbage ?? Answer(query));
            for (var at = 0; at < answer.Length; at += Math.Min(Piece, answer.Length - at))
            {
                connection.Send(answer.AsSpan(at, Math.Min(Piece, answer.Length - at)));
            }
        }
    }

    private byte[] Answer(byte[] query)
    {
        var labels = new List<string>();
        for (var at = 12; query[at] != 0; at += query[at] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
        }

        return DnsMessages.Answer(query, [.. Names[string.Join('.', labels)].Split(' ')
            .Select(address => DnsMessages.Record(DnsMessages.Pointer(12), Address.Parse(address), Ttl))]);
    }
}
