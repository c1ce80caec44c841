using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Tests.Bgp.Wire;

/// <summary>Octets beside what they mean.</summary>
internal static class GoldenMessages
{
    /// <summary>OPENs that our encoder writes exactly like this.</summary>
    public static IEnumerable<(string Name, byte[] Octets, OpenMessage Message)> Opens { get; } =
    [
        ("without parameters", Hex.Message(1, "04 FDE9 00B4 0A000002 00"), new OpenMessage
        {
            MyAsn = 65001, HoldTimeSeconds = 180, BgpIdentifier = 0x0A000002,
        }),
        ("with every capability", Hex.Message(1, """
            04          # version
            5BA0        # AS_TRANS
            005A        # 90 s
            0A000002    # 10.0.0.2
            28          # optional parameters
            02 26       # capabilities
            01 04 0001 00 01            # IPv4 unicast, RFC 4760 §8
            01 04 0002 00 01            # IPv6 unicast
            02 00                       # route refresh, RFC 2918 §2
            41 04 FFFE1234              # four-octet AS, RFC 6793 §3
            40 0A 8078 0001 01 80 0002 01 00  # graceful restart, R, 120 s, F of IPv4, RFC 4724 §3
            49 04 02 6878 00            # FQDN, which we do not know
            """), new OpenMessage
        {
            MyAsn = 23456,
            HoldTimeSeconds = 90,
            BgpIdentifier = 0x0A000002,
            Capabilities =
            [
                new MultiprotocolCapability(AfiSafi.IPv4Unicast),
                new MultiprotocolCapability(AfiSafi.IPv6Unicast),
                new RouteRefreshCapability(),
                new FourOctetAsnCapability(0xFFFE1234),
                new GracefulRestartCapability
                {
                    RestartState = true,
                    RestartTimeSeconds = 120,
                    Families =
                    [
                        new GracefulRestartFamily(AfiSafi.IPv4Unicast, true),
                        new GracefulRestartFamily(AfiSafi.IPv6Unicast, false),
                    ],
                },
                new UnknownCapability((CapabilityCode)73, Hex.Parse("02 6878 00")),
            ],
        }),
        ("with graceful restart for End-of-RIB only", Hex.Message(1, "04 FDE9 0000 0A000002 06 02 04 40 02 0000"),
            new OpenMessage
            {
                MyAsn = 65001,
                HoldTimeSeconds = 0,
                BgpIdentifier = 0x0A000002,
                Capabilities = [new GracefulRestartCapability { RestartTimeSeconds = 0 }],
            }),
    ];

    /// <summary>NOTIFICATIONs.</summary>
    public static IEnumerable<(string Name, byte[] Octets, NotificationMessage Message)> Notifications { get; } =
    [
        ("hold timer", Hex.Message(3, "04 00"), new NotificationMessage(NotificationCode.HoldTimerExpired, 0)),
        ("bad length with the length field", Hex.Message(3, "01 02 0012"),
            new NotificationMessage(NotificationCode.MessageHeaderError, 2, Hex.Parse("0012"))),
        ("shutdown with a reason", Hex.Message(3, "06 02 04 6279 6521"),
            new NotificationMessage(NotificationCode.Cease, 2, Hex.Parse("04 6279 6521"))),
    ];

    /// <summary>Messages of every type, for the framer.</summary>
    public static IEnumerable<byte[]> All =>
    [
        .. Opens.Select(golden => golden.Octets),
        .. Notifications.Select(golden => golden.Octets),
        Hex.Message(4, ""),
        Hex.Message(5, "0002 00 01"),
        Hex.Message(2, "0000 0000"),
        .. Updates,
    ];

    /// <summary>UPDATEs of AS 65001 over a session with four-octet AS numbers.</summary>
    public static IEnumerable<byte[]> Updates { get; } =
    [
        Hex.Message(2, """
            0004 18 0A0000              # withdrawn 10.0.0.0/24
            0014                        # attributes
            40 01 01 00                 # ORIGIN IGP
            40 02 06 02 01 0000FDE9     # AS_PATH 65001
            40 03 04 0A000002           # NEXT_HOP
            10 0A01 00                  # 10.1.0.0/16, 0.0.0.0/0
            """),
        Hex.Message(2, """
            0000 003B
            90 0E 002A                  # MP_REACH_NLRI, RFC 4760 §3
              0002 01 20                # IPv6 unicast, two next hops (RFC 2545 §3)
              20010DB8000000000000000000000002 FE800000000000000000000000000002
              00
              20 20010DB8               # 2001:db8::/32
            40 01 01 00
            40 02 06 02 01 0000FDE9
            """),
        Hex.Message(2, "0000 000B 90 0F 0007 0002 01 18 20010D"),
    ];
}
