using System.Net;
using Routing.Bgp.Session;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Tests.Fakes;

/// <summary>The other end of a session, driven by a test message by message.</summary>
internal sealed class ScriptedPeer(IBgpConnection connection) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly MessageFramer _framer = new();

    public IBgpConnection Connection => connection;

    /// <summary>The OPEN of AS 65001, identifier 10.0.0.2, unless told otherwise.</summary>
    public static OpenMessage Open(
        uint asn = 65001,
        string identifier = "10.0.0.2",
        ushort holdTime = 90,
        int restartTime = -1,
        bool restarted = false,
        bool forwardingPreserved = false,
        bool notificationRestart = false,
        int longLivedTime = -1)
    {
        var capabilities = new List<Capability>
        {
            new MultiprotocolCapability(AfiSafi.IPv4Unicast),
            new MultiprotocolCapability(AfiSafi.IPv6Unicast),
            new RouteRefreshCapability(),
            new FourOctetAsnCapability(asn),
        };
        if (restartTime >= 0)
        {
            capabilities.Add(new GracefulRestartCapability
            {
                RestartTimeSeconds = restartTime,
                RestartState = restarted,
                Notification = notificationRestart,
                Families =
                [
                    new GracefulRestartFamily(AfiSafi.IPv4Unicast, forwardingPreserved),
                    new GracefulRestartFamily(AfiSafi.IPv6Unicast, forwardingPreserved),
                ],
            });
        }

        if (longLivedTime >= 0)
        {
            capabilities.Add(new LongLivedRestartCapability(
                [new LongLivedFamily(AfiSafi.IPv4Unicast, forwardingPreserved, longLivedTime)]));
        }

        return new OpenMessage
        {
            MyAsn = (ushort)asn,
            HoldTimeSeconds = holdTime,
            BgpIdentifier = (uint)Routing.Bgp.Wire.Nlri.Prefix.ToInteger(IPAddress.Parse(identifier)),
            Capabilities = [.. capabilities],
        };
    }

    public Task SendAsync(OpenMessage open) => SendAsync((ref WireWriter writer) => open.Encode(ref writer));

    public Task SendAsync(NotificationMessage message) =>
        SendAsync((ref WireWriter writer) => message.Encode(ref writer));

    public Task KeepaliveAsync() => SendAsync((ref WireWriter writer) => KeepaliveMessage.Encode(ref writer));

    public async Task SendAsync(Encoder encode)
    {
        var buffer = new byte[MessageHeader.MaxMessageLength];
        var length = Encode(buffer, encode);
        await SendAsync(buffer.AsMemory(0, length));
    }

    public Task SendAsync(ReadOnlyMemory<byte> octets) =>
        connection.WriteAsync([octets], CancellationToken.None).AsTask().WaitAsync(Patience);

    /// <summary>The next message.</summary>
    /// <returns>Null at the end of the connection.</returns>
    public async Task<(MessageType Type, byte[] Body)?> ReceiveAsync()
    {
        while (true)
        {
            if (_framer.Read(out var type, out var body, out _) == FrameStatus.Message)
            {
                return (type, body.ToArray());
            }

            var reading = connection.ReadAsync(_framer.GetMemory(), CancellationToken.None);
            var count = await reading.AsTask().WaitAsync(Patience);
            if (count == 0)
            {
                return null;
            }

            _framer.Advance(count);
        }
    }

    /// <summary>The next message, which must be of the type.</summary>
    public async Task<byte[]> ExpectAsync(MessageType type)
    {
        var message = await ReceiveAsync();
        Assert.That(message?.Type, Is.EqualTo(type));
        return message!.Value.Body;
    }

    /// <summary>The next message but for KEEPALIVEs, which must be this NOTIFICATION, and then the end.</summary>
    public async Task ExpectNotificationAsync(NotificationCode code, byte subcode)
    {
        var message = await ReceiveAsync();
        while (message is { Type: MessageType.Keepalive or MessageType.Update })
        {
            message = await ReceiveAsync();
        }

        Assert.That(message?.Type, Is.EqualTo(MessageType.Notification));
        var notification = NotificationMessage.Decode(message!.Value.Body);
        Assert.That((notification.Code, notification.Subcode), Is.EqualTo((code, subcode)));
        Assert.That(await ReceiveAsync(), Is.Null, "the connection ends after a NOTIFICATION");
        await connection.DisposeAsync();
    }

    /// <summary>Exchanges OPENs and KEEPALIVEs.</summary>
    /// <returns>The session's OPEN.</returns>
    public async Task<OpenMessage> EstablishAsync(OpenMessage? open = null)
    {
        await SendAsync(open ?? Open());
        Assert.That(OpenMessage.TryDecode(await ExpectAsync(MessageType.Open), out var theirs, out _), Is.True);
        await ExpectAsync(MessageType.Keepalive);
        await KeepaliveAsync();
        return theirs!;
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        _framer.Dispose();
    }

    public delegate void Encoder(ref WireWriter writer);

    private static int Encode(byte[] buffer, Encoder encode)
    {
        var writer = new WireWriter(buffer);
        encode(ref writer);
        return writer.Position;
    }
}
