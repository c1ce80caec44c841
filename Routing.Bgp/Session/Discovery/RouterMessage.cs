using System.Buffers.Binary;

namespace Routing.Bgp.Session.Discovery;

/// <summary>The two messages by which routers find each other on a link: Router Solicitation and Router Advertisement
/// (RFC 4861 §4.1, §4.2), as ICMPv6 without options. The kernel fills in and checks the checksum.</summary>
/// <remarks><code>
/// solicitation    133 | 0 | checksum (16) | reserved (32)
/// advertisement   134 | 0 | checksum (16) | hop limit | flags | lifetime (16) | reachable (32) | retransmit (32)
/// </code></remarks>
internal static class RouterMessage
{
    /// <summary>ICMPv6 type of a solicitation.</summary>
    public const byte Solicitation = 133;

    /// <summary>ICMPv6 type of an advertisement.</summary>
    public const byte Advertisement = 134;

    private const int SolicitationLength = 8;
    private const int AdvertisementLength = 16;

    /// <summary>A solicitation.</summary>
    public static byte[] EncodeSolicitation()
    {
        var message = new byte[SolicitationLength];
        message[0] = Solicitation;
        return message;
    }

    /// <summary>An advertisement.</summary>
    /// <param name="lifetimeSeconds">How long hosts may take us for their default router; 0 for never, which still says that
    /// we are here (RFC 4861 §6.2.3).</param>
    public static byte[] EncodeAdvertisement(ushort lifetimeSeconds)
    {
        var message = new byte[AdvertisementLength];
        message[0] = Advertisement;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), lifetimeSeconds);
        return message;
    }

    /// <summary>Judges a message (RFC 4861 §6.1.1, §6.1.2): its type, code, length and options.</summary>
    /// <param name="message">ICMPv6 without the IPv6 header.</param>
    /// <param name="type">Solicitation or Advertisement.</param>
    /// <returns>False for anything else.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out byte type)
    {
        type = message.IsEmpty ? (byte)0 : message[0];
        var least = type switch
        {
            Solicitation => SolicitationLength,
            Advertisement => AdvertisementLength,
            _ => int.MaxValue,
        };
        return message.Length >= least && message[1] == 0 && HasGoodOptions(message[least..]);
    }

    /// <summary>Options have lengths in units of eight octets, none of them zero.</summary>
    private static bool HasGoodOptions(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty)
        {
            var length = options.Length >= 2 ? options[1] * 8 : 0;
            if (length == 0 || length > options.Length)
            {
                return false;
            }

            options = options[length..];
        }

        return true;
    }
}
