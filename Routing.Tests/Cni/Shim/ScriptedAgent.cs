extern alias shim;

using System.Buffers.Binary;
using System.Net.Sockets;
using Google.Protobuf;
using shim::Routing.Cni.Protocol;

namespace Routing.Tests.Cni.Shim;

/// <summary>A socket that takes one request and answers with what it was given; with nothing at all when that is
/// null.</summary>
internal sealed class ScriptedAgent : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agent").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public ScriptedAgent(CniReply reply)
        : this(Frame(reply))
    {
    }

    public ScriptedAgent(byte[]? reply)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "cni.sock")));
        _listener.Listen();
        _serving = ServeAsync(reply);
    }

    /// <summary>What was asked.</summary>
    public CniRequest? Request { get; private set; }

    public string Config(string version, string more = "") =>
        $$"""{"cniVersion": "{{version}}", "name": "n", "type": "routing-cni", "socket": "{{_folder}}/cni.sock"{{more}}}""";

    public void Dispose()
    {
        _stop.Cancel();
        _serving.Wait();
        _listener.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ServeAsync(byte[]? reply)
    {
        try
        {
            using var connection = await _listener.AcceptAsync(_stop.Token);
            var buffer = new byte[65536];
            var length = await connection.ReceiveAsync(buffer, _stop.Token);
            Request = CniRequest.Parser.ParseFrom(buffer, 4, length - 4);
            if (reply is null)
            {
                await Task.Delay(Timeout.Infinite, _stop.Token);
            }

            await connection.SendAsync(reply!, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }

    private static byte[] Frame(CniReply reply)
    {
        var octets = new byte[4 + reply.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(octets, octets.Length - 4);
        reply.WriteTo(octets.AsSpan(4));
        return octets;
    }
}
