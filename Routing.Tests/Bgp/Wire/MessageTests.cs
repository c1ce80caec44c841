using CsCheck;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Tests.Bgp.Wire;

[TestFixture]
public sealed class MessageTests
{
    [Test]
    public void Every_open_decodes_and_encodes_back()
    {
        foreach (var (name, octets, expected) in GoldenMessages.Opens)
        {
            Assert.That(OpenMessage.TryDecode(octets.AsSpan(19), out var open, out _), Is.True, name);
            Assert.That(open, Is.EqualTo(expected), name);
            Assert.That(Encode((ref WireWriter writer) => expected.Encode(ref writer)), Is.EqualTo(octets), name);
        }
    }

    [Test]
    public void An_open_cut_anywhere_fails_with_an_open_error()
    {
        foreach (var (name, octets, _) in GoldenMessages.Opens)
        {
            for (var length = 0; length < octets.Length - 19; length++)
            {
                var body = octets.AsSpan(19, length);
                Assert.That(OpenMessage.TryDecode(body, out _, out var error), Is.False, $"{name}, {length}");
                Assert.That(error!.Notification.Code, Is.EqualTo(NotificationCode.OpenMessageError));
            }
        }
    }

    [TestCase("04 FDE9 005A 0A000002 FF FF 000B 02 0008 01040001 0001 4100",
        TestName = "A capability of the wrong length")]
    [TestCase("04 FDE9 005A 0A000002 04 02 02 01 00", TestName = "Multiprotocol without a value")]
    [TestCase("04 FDE9 005A 0A000002 05 02 03 02 01 00", TestName = "Route refresh with a value")]
    [TestCase("04 FDE9 005A 0A000002 05 02 03 40 01 00", TestName = "Graceful restart of one octet")]
    [TestCase("04 FDE9 005A 0A000002 07 02 05 40 03 0078 00", TestName = "Graceful restart with half a family")]
    [TestCase("04 FDE9 005A 0A000002 04 02 02 49 04", TestName = "A capability past its parameter")]
    public void A_malformed_capability_is_an_unspecific_open_error(string hex)
    {
        Assert.That(OpenMessage.TryDecode(Hex.Parse(hex), out _, out var error), Is.False);
        Assert.That((error!.Notification.Code, error.Notification.Subcode),
            Is.EqualTo((NotificationCode.OpenMessageError, (byte)OpenErrorSubcode.Unspecific)));
    }

    [Test]
    public void Extended_optional_parameters_are_read()
    {
        var body = Hex.Parse("04 FDE9 005A 0A000002 FF FF 0009 02 0006 0104 0001 0001");
        Assert.That(OpenMessage.TryDecode(body, out var open, out _), Is.True, "RFC 9072 §2");
        Assert.That(open!.Capabilities, Has.Length.EqualTo(1));
    }

    [TestCase(251, "FF 02FD", TestName = "RFC 9072 §2: what fits into 255 octets keeps the old form")]
    [TestCase(252, "FF FF0101 0200FE", TestName = "RFC 9072 §2: one octet more takes the extended form")]
    public void The_form_of_the_optional_parameters_follows_their_length(int valueLength, string expected)
    {
        var open = new OpenMessage
        {
            MyAsn = 65001,
            HoldTimeSeconds = 90,
            BgpIdentifier = 0x0A000002,
            Capabilities = [new UnknownCapability((CapabilityCode)200, new byte[valueLength])],
        };
        var octets = Encode((ref WireWriter writer) => open.Encode(ref writer));
        Assert.That(Convert.ToHexString(octets[28..]), Does.StartWith(expected.Replace(" ", "")));
        Assert.That(OpenMessage.TryDecode(octets.AsSpan(MessageHeader.Length), out var decoded, out _), Is.True);
        Assert.That(decoded, Is.EqualTo(open));
    }

    [Test]
    public void A_shutdown_says_why_in_at_most_255_octets_of_whole_characters()
    {
        var notification = NotificationMessage.Cease(CeaseSubcode.AdministrativeShutdown, "rack move: \u00fc");
        Assert.That(Convert.ToHexString(notification.Data.Span), Is.EqualTo("0D7261636B206D6F76653A20C3BC"), "RFC 9003 §2");
        Assert.That(notification.ShutdownCommunication, Is.EqualTo("rack move: \u00fc"));

        var text = new string('a', 254) + '\u00fc'; // 256 octets
        Assert.That(
            NotificationMessage.Cease(CeaseSubcode.AdministrativeReset, text).ShutdownCommunication,
            Is.EqualTo(new string('a', 254)));
        Assert.That(NotificationMessage.Cease(CeaseSubcode.AdministrativeReset, "").Data.Length, Is.Zero);
    }

    [Test]
    public void Capabilities_may_be_spread_over_parameters()
    {
        var body = Hex.Parse("04 FDE9 005A 0A000002 0C 02 06 0104 0001 0001 02 02 0200");
        Assert.That(OpenMessage.TryDecode(body, out var open, out _), Is.True);
        Assert.That(open!.Capabilities.Select(capability => capability.Code),
            Is.EqualTo(new[] { CapabilityCode.Multiprotocol, CapabilityCode.RouteRefresh }));
    }

    [Test]
    public void Another_version_is_refused_with_the_version_we_speak()
    {
        Assert.That(OpenMessage.TryDecode(Hex.Parse("05 FDE9 005A 0A000002 00"), out _, out var error), Is.False);
        Assert.That(error!.Notification.Subcode, Is.EqualTo((byte)OpenErrorSubcode.UnsupportedVersionNumber));
        Assert.That(error.Notification.Data.ToArray(), Is.EqualTo(new byte[] { 0, 4 }));
    }

    [Test]
    public void Any_open_survives_a_round_trip()
    {
        var family = Gen.UShort.Select(Gen.Byte, AfiSafis.Create);
        var restartFamily = family.Select(Gen.Bool, (value, bit) => new GracefulRestartFamily(value, bit));
        var capability = Gen.OneOf(
            family.Select(value => (Capability)new MultiprotocolCapability(value)),
            Gen.Const<Capability>(new RouteRefreshCapability()),
            Gen.UInt.Select(asn => (Capability)new FourOctetAsnCapability(asn)),
            Gen.Bool.Select(Gen.Bool, Gen.Int[0, 4095], restartFamily.Array[0, 5],
                (restarted, notification, time, families) => (Capability)new GracefulRestartCapability
                {
                    RestartState = restarted,
                    Notification = notification,
                    RestartTimeSeconds = time,
                    Families = [.. families],
                }),
            family.Select(Gen.Bool, Gen.Int[0, 0xFFFFFF], (value, bit, time) => new LongLivedFamily(value, bit, time))
                .Array[0, 5].Select(families => (Capability)new LongLivedRestartCapability([.. families])),
            family.Select(Gen.Int[1, 3], (value, mode) => new AddPathFamily(value, (AddPathMode)mode)).Array[0, 5]
                .Select(families => (Capability)new AddPathCapability([.. families])),
            Gen.Byte[100, 255].Select(Gen.Byte.Array[0, 20],
                (code, value) => (Capability)new UnknownCapability((CapabilityCode)code, value)));
        var fields = Gen.Select(Gen.UShort, Gen.UShort, Gen.UInt, capability.Array[0, 8]);
        fields.Sample((asn, holdTime, identifier, capabilities) =>
        {
            var open = new OpenMessage
            {
                MyAsn = asn, HoldTimeSeconds = holdTime, BgpIdentifier = identifier, Capabilities = [.. capabilities],
            };
            var octets = Encode((ref WireWriter writer) => open.Encode(ref writer));
            Assert.That(OpenMessage.TryDecode(octets.AsSpan(MessageHeader.Length), out var decoded, out _), Is.True);
            Assert.That(decoded, Is.EqualTo(open));
        });
    }

    [Test]
    public void Any_octets_are_an_open_or_an_error() => Gen.Byte.Array[0, 80].Sample(octets =>
    {
        // Most random octets fail at the version, so half of them get the right one.
        OpenMessage.TryDecode(octets, out _, out _);
        OpenMessage.TryDecode((byte[])[4, .. octets], out _, out _);
    });

    [Test]
    public void Every_notification_decodes_and_encodes_back()
    {
        foreach (var (name, octets, expected) in GoldenMessages.Notifications)
        {
            Assert.That(NotificationMessage.Decode(octets.AsSpan(19)), Is.EqualTo(expected), name);
            Assert.That(Encode((ref WireWriter writer) => expected.Encode(ref writer)), Is.EqualTo(octets), name);
        }
    }

    [TestCase("06 02 04 62796521", "Cease / AdministrativeShutdown (\"bye!\")")]
    [TestCase("06 02 04 621B6521", "Cease / AdministrativeShutdown (\"b.e!\")",
        TestName = "Control characters do not reach a terminal")]
    [TestCase("06 02 05 62796521", "Cease / AdministrativeShutdown", TestName = "A reason longer than the message")]
    [TestCase("06 09 06 02 04 62796521", "Cease / HardReset: Cease / AdministrativeShutdown (\"bye!\")")]
    [TestCase("06 09", "Cease / HardReset")]
    [TestCase("02 02", "OPEN Message Error / BadPeerAs")]
    [TestCase("05 03", "FSM Error / UnexpectedMessageInEstablished")]
    [TestCase("63 07", "code 99 / subcode 7")]
    public void A_notification_reads_as_words(string hex, string text) =>
        Assert.That(NotificationMessage.Decode(Hex.Parse(hex)).ToString(), Is.EqualTo(text));

    [Test]
    public void Notification_data_that_does_not_fit_is_cut()
    {
        var message = new NotificationMessage(NotificationCode.UpdateMessageError, 1, new byte[5000]);
        Assert.That(Encode((ref WireWriter writer) => message.Encode(ref writer)), Has.Length.EqualTo(4096));
    }

    [Test]
    public void Keepalive_and_route_refresh_encode_and_decode()
    {
        Assert.That(Encode(KeepaliveMessage.Encode), Is.EqualTo(Hex.Message(4, "")));
        var refresh = new RouteRefreshMessage(AfiSafi.IPv6Unicast);
        var octets = Encode((ref WireWriter writer) => refresh.Encode(ref writer));
        Assert.That(octets, Is.EqualTo(Hex.Message(5, "0002 00 01")));
        Assert.That(RouteRefreshMessage.TryDecode(Hex.Parse("0002 00 01"), out var decoded, out _));
        Assert.That(decoded, Is.EqualTo(refresh));
    }

    [TestCase("IPv4Unicast", "0000 0000")]
    [TestCase("IPv6Unicast", "0000 0007 90 0F 0003 0002 01")]
    public void End_of_rib_is_an_update_that_withdraws_nothing(string family, string body) =>
        Assert.That(
            Encode((ref WireWriter writer) => UpdateWriter.WriteEndOfRib(ref writer, Enum.Parse<AfiSafi>(family))),
            Is.EqualTo(Hex.Message(2, body)));

    private delegate void Encoder(ref WireWriter writer);

    private static byte[] Encode(Encoder encode)
    {
        var writer = new WireWriter(new byte[MessageHeader.MaxMessageLength]);
        encode(ref writer);
        return writer.Written.ToArray();
    }
}
