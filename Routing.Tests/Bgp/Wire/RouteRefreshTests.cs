using CsCheck;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Wire;

/// <summary>ROUTE-REFRESH: RFC 2918, with marks (RFC 7313) and filters (RFC 5291, RFC 5292).</summary>
[TestFixture]
internal sealed class RouteRefreshTests
{
    [TestCase("0001 01 01", RouteRefreshSubtype.Begin)]
    [TestCase("0001 02 01", RouteRefreshSubtype.End)]
    [TestCase("0001 00 01", RouteRefreshSubtype.Request)]
    [TestCase("0001 FF 01", (RouteRefreshSubtype)255, TestName = "A subtype that is not defined is for the reader to ignore")]
    public void The_third_octet_is_the_subtype(string hex, RouteRefreshSubtype subtype) =>
        Assert.That(Decode(hex), Is.EqualTo(new RouteRefreshMessage(AfiSafi.IPv4Unicast) { Subtype = subtype }));

    [Test]
    public void A_mark_with_anything_behind_it_ends_the_session()
    {
        Assert.That(RouteRefreshMessage.TryDecode(Hex.Parse("0001 01 01 00"), out _, out var error), Is.False);
        Assert.That(error!.Notification.Code, Is.EqualTo(NotificationCode.RouteRefreshMessageError), "RFC 7313 §5");
        Assert.That(error.Notification.Subcode, Is.EqualTo(1));
        Assert.That(error.Notification.Data.ToArray(), Is.EqualTo(Hex.Message(5, "0001 01 01 00")));
    }

    [Test]
    public void Filters_on_prefixes_are_read_and_other_types_passed_over()
    {
        // Immediate; type 3 with two octets; type 64: ADD permit 5 ge 17 le 24 10.1.0.0/16, REMOVE deny 7 192.0.2.0/24, REMOVE-ALL.
        var message = Decode("0001 00 01  01  03 0002 AAAA  40 0016 00 00000005 11 18 10 0A01  60 00000007 00 00 18 C00002 80");
        Assert.That(message, Is.EqualTo(new RouteRefreshMessage(AfiSafi.IPv4Unicast)
        {
            Filters =
            [
                new PrefixOrf(PrefixOrfAction.Add, false, 5, 17, 24, P("10.1.0.0/16")),
                new PrefixOrf(PrefixOrfAction.Remove, true, 7, 0, 0, P("192.0.2.0/24")),
                new PrefixOrf(PrefixOrfAction.RemoveAll, false, 0, 0, 0, default),
            ],
        }));
    }

    [TestCase("0001 00 01 00", TestName = "Neither immediate nor defer")]
    [TestCase("0001 00 01 01 40 0005 80", TestName = "A length that runs past the message")]
    [TestCase("0001 00 01 01 40 0001 C0", TestName = "An action that is not defined")]
    [TestCase("0001 00 01 01 40 0009 00 00000005 00 00 21 00", TestName = "A prefix length of 33")]
    [TestCase("0001 00 01 01 40 0003 000000", TestName = "An entry cut short")]
    public void Filters_that_cannot_be_read_are_marked_as_such(string hex) =>
        Assert.That(Decode(hex).HasMalformedFilters);

    [Test]
    public void Any_filters_survive_a_round_trip() => Gen.Select(
        Gen.Enum<PrefixOrfAction>(), Gen.Bool, Gen.UInt, Gen.Byte, Gen.Byte, Gen.UInt, Gen.Int[0, 32]).Array[1, 50].Sample(items =>
        {
            var message = new RouteRefreshMessage(AfiSafi.IPv4Unicast)
            {
                IsDeferred = items.Length % 2 == 0,
                Filters = [.. items.Select(item => item.Item1 == PrefixOrfAction.RemoveAll
                    ? new PrefixOrf(item.Item1, false, 0, 0, 0, default)
                    : new PrefixOrf(item.Item1, item.Item2, item.Item3, item.Item4, item.Item5,
                        Prefix.Create(AfiSafi.IPv4Unicast, item.Item6, item.Item7)))],
            };
            var writer = new WireWriter(new byte[MessageHeader.MaxMessageLength]);
            message.Encode(ref writer);
            Assert.That(RouteRefreshMessage.TryDecode(writer.Written[MessageHeader.Length..], out var decoded, out _));
            Assert.That(decoded, Is.EqualTo(message));
        });

    [Test]
    public void Any_octets_are_a_message_or_an_error() => Gen.Byte.Array[4, 60].Sample(octets =>
    {
        RouteRefreshMessage.TryDecode(octets, out _, out _);
        RouteRefreshMessage.TryDecode((byte[])[0, 2, 0, 1, 1, 64, .. octets], out _, out _);
    });

    [Test]
    public void Capabilities_name_filters_on_prefixes_for_each_family()
    {
        // IPv4 unicast: type 3 send, type 64 both; IPv6 unicast: none.
        var capability = OutboundFilterCapability.Decode(new WireReader(Hex.Parse("0001 00 01 02 0302 4003  0002 00 01 00")));
        Assert.That(capability!.ModeOf(AfiSafi.IPv4Unicast), Is.EqualTo(OrfMode.Send | OrfMode.Receive));
        Assert.That(capability.ModeOf(AfiSafi.IPv6Unicast), Is.EqualTo(OrfMode.None));
        Assert.That(OutboundFilterCapability.Decode(new WireReader(Hex.Parse("0001 00 01 02 0302"))), Is.Null);
    }

    private static RouteRefreshMessage Decode(string hex)
    {
        Assert.That(RouteRefreshMessage.TryDecode(Hex.Parse(hex), out var message, out _));
        return message!;
    }

    private static Prefix P(string text) => Prefix.TryParse(text, out var prefix) ? prefix : throw new ArgumentException(text);
}
