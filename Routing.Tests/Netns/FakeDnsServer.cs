using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Routing.Policy.Model;
using Routing.Tests.Agent.Domains;

namespace Routing.Tests.Netns;

/// <summary>Answers what it is asked over UDP.</summary>
internal sealed class FakeDnsServer : IDisposable
{
    private const uint Ttl = 60;
    private readonly Socket _socket;
    private readonly Thread _thread;

    public FakeDnsServer(TestNamespace inside, string address)
    {
        _socket = inside.Inner.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(IPAddress.Parse(address), 53));
        _thread = new Thread(Run) { IsBackground = true, Name = "dns" };
        _thread.Start();
    }

    /// <summary>What names stand for.</summary>
    public ConcurrentDictionary<string, string> Names { get; } = [];

    /// <summary>Instead of any answer.</summary>
    public byte[]? Garbage { get; set; }

    public void Dispose()
    {
        _socket.Dispose();
        _thread.Join();
    }

    private void Run()
    {
        var buffer = new byte[512];
        try
        {
            while (true)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var query = buffer[.._socket.ReceiveFrom(buffer, ref from)];
                if (query.Length > 0)
                {
                    _socket.SendTo(Garbage ?? Answer(query), from);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // it is being disposed of
        }
    }

    private byte[] Answer(byte[] query)
    {
        var labels = new List<string>();
        for (var at = 12; query[at] != 0; at += query[at] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
        }

        return DnsMessages.Answer(query, DnsMessages.Record(DnsMessages.Pointer(12), Address.Parse(Names[string.Join('.', labels)]), Ttl));
    }
}
