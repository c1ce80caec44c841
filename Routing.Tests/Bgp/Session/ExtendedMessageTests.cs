using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>Messages of up to 65,535 octets (RFC 8654).</summary>
[TestFixture]
public sealed class ExtendedMessageTests
{
    [Test]
    public async Task Long_updates_come_in_among_short_ones_when_we_announced_them([Values] bool peerAnnouncesThemToo)
    {
        await using var bench = new SessionBench(change: settings => settings with { ExtendedMessages = true });
        var open = ScriptedPeer.Open();
        await using var peer = await bench.EstablishedAsync(peerAnnouncesThemToo
            ? open with { Capabilities = [.. open.Capabilities, new ExtendedMessageCapability()] }
            : open);
        Assert.That(bench.Rib.Up!.ExtendedMessages, Is.EqualTo(peerAnnouncesThemToo), "what we may send is theirs to say");
        byte[] stream =
        [
            .. Messages.Announce("10.1.0.0/16"), .. Long("10.2.0.0/16"), .. Long("10.3.0.0/16"), .. Messages.Announce("10.4.0.0/16"),
        ];
        await peer.SendAsync(stream);
        foreach (var number in Enumerable.Range(1, 4))
        {
            Assert.That(await bench.Rib.NextAsync(), Is.EqualTo($"Announce IPv4Unicast 10.{number}.0.0/16"));
        }
    }

    [Test]
    public async Task A_long_update_is_an_error_when_we_did_not()
    {
        await using var bench = new SessionBench();
        var open = ScriptedPeer.Open();
        await using var peer = await bench.EstablishedAsync(
            open with { Capabilities = [.. open.Capabilities, new ExtendedMessageCapability()] });
        Assert.That(bench.Rib.Up!.ExtendedMessages, Is.False);
        await peer.SendAsync(Long("10.2.0.0/16"));
        await peer.ExpectNotificationAsync(
            NotificationCode.MessageHeaderError, (byte)HeaderErrorSubcode.BadMessageLength);
    }

    private static byte[] Long(string prefix)
    {
        var ordinary = Messages.Announce(prefix).AsSpan(MessageHeader.Length).ToArray();
        var attributes = (ordinary[2] << 8) | ordinary[3];
        var writer = new WireWriter(new byte[MessageHeader.MaxExtendedLength]);
        var start = UpdateWriter.Begin(ref writer);
        var length = UpdateWriter.BeginAttributes(ref writer, start);
        writer.WriteOctets(ordinary.AsSpan(4, attributes));
        AttributeWriter.Write(
            ref writer, AttributeFlags.Optional | AttributeFlags.Transitive, AttributeType.Communities, new byte[65_200]);
        UpdateWriter.EndAttributes(ref writer, length);
        writer.WriteOctets(ordinary.AsSpan(4 + attributes));
        UpdateWriter.End(ref writer, start);
        return writer.Written.ToArray();
    }
}
