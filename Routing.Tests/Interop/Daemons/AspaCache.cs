using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Routing.Tests.Netns;

namespace Routing.Tests.Interop.Daemons;

/// <summary>A cache of the RPKI to router protocol, version 2, that knows ASPAs and nothing else: no packaged cache draws the
/// PDU as draft-ietf-sidrops-8210bis does from revision 12 on. Written from the draft, with nothing of ours.</summary>
internal sealed class AspaCache : IAsyncDisposable
{
    public const int Port = 3323;

    private const byte SerialNotify = 0;
    private const byte SerialQuery = 1;
    private const byte ResetQuery = 2;
    private const byte CacheResponse = 3;
    private const byte EndOfData = 7;
    private const byte CacheReset = 8;
    private const byte AspaType = 11;
    private const ushort SessionId = 7;

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly Task _serving;
    private (uint Customer, uint[] Providers)[] _aspas;
    private NetworkStream? _router;
    private uint _serial = 1;

    public AspaCache(TestNamespace place, params (uint Customer, uint[] Providers)[] aspas)
    {
        _aspas = aspas;
        _listener = place.Inner.Run(() =>
        {
            var listener = new TcpListener(IPAddress.Loopback, Port);
            listener.Start();
            return listener;
        });
        _serving = ServeAsync();
    }

    /// <summary>Other ASPAs, of which the router is notified.</summary>
    public void Write(params (uint Customer, uint[] Providers)[] aspas)
    {
        lock (_lock)
        {
            _aspas = aspas;
            _serial++;
            _router?.Write(Pdu(SerialNotify, SessionId, _serial));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _serving;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        try
        {
            var header = new byte[8];
            while (true)
            {
                await stream.ReadExactlyAsync(header, _end.Token);
                var rest = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)) - header.Length];
                await stream.ReadExactlyAsync(rest, _end.Token);
                lock (_lock)
                {
                    _router = stream;
                    Answer(stream, header[1]);
                }
            }
        }
        catch (IOException)
        {
            // The router went away, and may come again.
        }
    }

    private void Answer(NetworkStream stream, byte type)
    {
        switch (type)
        {
            case SerialQuery: // it keeps no history
                stream.Write(Pdu(CacheReset, 0));
                break;
            case ResetQuery:
                stream.Write(Pdu(CacheResponse, SessionId));
                foreach (var (customer, providers) in _aspas)
                {
                    stream.Write(Pdu(AspaType, 0x0100, [customer, .. providers])); // Flags: announce
                }

                stream.Write(Pdu(EndOfData, SessionId, _serial, 3600, 600, 7200));
                break;
        }
    }

    /// <summary>Version 2, type, a word, length, and a body of words of 32 bits.</summary>
    private static byte[] Pdu(byte type, ushort word, params uint[] body)
    {
        var pdu = new byte[8 + (body.Length * sizeof(uint))];
        (pdu[0], pdu[1]) = (2, type);
        BinaryPrimitives.WriteUInt16BigEndian(pdu.AsSpan(2), word);
        BinaryPrimitives.WriteInt32BigEndian(pdu.AsSpan(4), pdu.Length);
        foreach (var (i, value) in body.Index())
        {
            BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(8 + (i * sizeof(uint))), value);
        }

        return pdu;
    }
}
