using Routing.Bgp.Fsm;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Tests.Bgp.Session;

/// <summary>local-as with dual-as: a peer that knows us by our own AS refuses the other, and is offered it next.</summary>
[TestFixture]
public sealed class LocalAsTests
{
    [Test]
    public async Task A_peer_that_refuses_one_number_is_offered_the_other()
    {
        await using var bench = new SessionBench(
            passive: true, change: settings => settings with { LocalAsn = 65100, AlternateLocalAsn = 65000 });
        await using (var first = bench.Connect())
        {
            Assert.That(AsnOf(await first.ExpectAsync(MessageType.Open)), Is.EqualTo(65100));
            await first.SendAsync(new NotificationMessage(
                NotificationCode.OpenMessageError, (byte)OpenErrorSubcode.BadPeerAs));
            Assert.That(await first.ReceiveAsync(), Is.Null);
        }

        await bench.StateIsAsync(SessionState.Active);
        await using var second = bench.Connect();
        Assert.That(AsnOf(await second.ExpectAsync(MessageType.Open)), Is.EqualTo(65000));
    }

    [Test]
    public void Paths_show_the_number_the_peer_knows()
    {
        var profile = new ExportProfile { Kind = PathSourceKind.External, PrependedAsn = 65100, HiddenAsn = 65000 };
        Assert.Multiple(() =>
        {
            Assert.That(profile.KnownBy(65100), Is.EqualTo(profile));
            Assert.That(profile.KnownBy(65000), Is.EqualTo(profile with { PrependedAsn = 65000, HiddenAsn = 0 }));
        });
    }

    private static uint AsnOf(byte[] body)
    {
        Assert.That(OpenMessage.TryDecode(body, out var open, out _), Is.True);
        return open!.Capabilities.OfType<FourOctetAsnCapability>().Single().Asn;
    }
}
