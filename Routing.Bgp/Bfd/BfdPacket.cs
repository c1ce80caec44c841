using Routing.Bgp.Bfd.Authentication;
using Routing.Bgp.Wire;

namespace Routing.Bgp.Bfd;

/// <summary>A BFD Control packet (RFC 5880 §4.1) but for its authentication section, which is
/// <see cref="BfdAuthenticator"/>'s. Intervals are microseconds.</summary>
/// <remarks><code>
///  0                   1                   2                   3
/// |Vers | Diag    |Sta|P|F|C|A|D|M| Detect Mult   |    Length     |
/// | My Discriminator                                              |
/// | Your Discriminator                                            |
/// | Desired Min TX Interval                                       |
/// | Required Min RX Interval                                      |
/// | Required Min Echo RX Interval                                 |
/// </code></remarks>
internal readonly record struct BfdPacket
{
    /// <summary>Octets of a packet without authentication.</summary>
    public const int Size = 24;

    /// <summary>Most octets a packet can have: its Length field is one octet.</summary>
    public const int MaxSize = byte.MaxValue;

    private const byte SupportedVersion = 1;
    private const int LeastSizeWithAuthentication = 26;

    public BfdDiagnostic Diagnostic { get; init; }

    public BfdState State { get; init; }

    public BfdFlags Flags { get; init; }

    public byte DetectMultiplier { get; init; }

    public uint MyDiscriminator { get; init; }

    public uint YourDiscriminator { get; init; }

    public uint DesiredMinTransmit { get; init; }

    public uint RequiredMinReceive { get; init; }

    /// <summary>Zero: no echo packets, please.</summary>
    public uint RequiredMinEchoReceive { get; init; }

    /// <summary>Reads the payload of a UDP datagram and applies every rule of RFC 5880 §6.8.6 that needs no
    /// session.</summary>
    /// <returns>False with the rule in <paramref name="discard"/>.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out BfdPacket packet, out BfdDiscard discard)
    {
        packet = default;
        var reader = new WireReader(payload);
        if (!reader.TryReadByte(out var version) || !reader.TryReadByte(out var flags)
            || !reader.TryReadByte(out var multiplier) || !reader.TryReadByte(out var length)
            || !reader.TryReadUInt32(out var mine) || !reader.TryReadUInt32(out var yours)
            || !reader.TryReadUInt32(out var transmit) || !reader.TryReadUInt32(out var receive)
            || !reader.TryReadUInt32(out var echo))
        {
            discard = BfdDiscard.Length;
            return false;
        }

        packet = new BfdPacket
        {
            Diagnostic = (BfdDiagnostic)(version & 0x1F),
            State = (BfdState)(flags >> 6),
            Flags = (BfdFlags)(flags & 0x3F),
            DetectMultiplier = multiplier,
            MyDiscriminator = mine,
            YourDiscriminator = yours,
            DesiredMinTransmit = transmit,
            RequiredMinReceive = receive,
            RequiredMinEchoReceive = echo,
        };
        discard = packet.Judge(version >> 5, length, payload.Length);
        return discard == BfdDiscard.None;
    }

    /// <summary>Writes the packet's <see cref="Size"/> octets.</summary>
    public void Encode(ref WireWriter writer)
    {
        writer.WriteByte((byte)((SupportedVersion << 5) | (byte)Diagnostic));
        writer.WriteByte((byte)(((byte)State << 6) | (byte)Flags));
        writer.WriteByte(DetectMultiplier);
        writer.WriteByte(Size);
        writer.WriteUInt32(MyDiscriminator);
        writer.WriteUInt32(YourDiscriminator);
        writer.WriteUInt32(DesiredMinTransmit);
        writer.WriteUInt32(RequiredMinReceive);
        writer.WriteUInt32(RequiredMinEchoReceive);
    }

    public bool Has(BfdFlags flag) => (Flags & flag) != 0;

    private BfdDiscard Judge(int version, int length, int received)
    {
        var least = Has(BfdFlags.AuthenticationPresent) ? LeastSizeWithAuthentication : Size;
        return version != SupportedVersion ? BfdDiscard.Version
            : length < least || length > received ? BfdDiscard.Length
            : DetectMultiplier == 0 ? BfdDiscard.DetectMultiplier
            : Has(BfdFlags.Multipoint) ? BfdDiscard.Multipoint
            : MyDiscriminator == 0 ? BfdDiscard.MyDiscriminator
            : YourDiscriminator == 0 && State > BfdState.Down ? BfdDiscard.YourDiscriminator
            : BfdDiscard.None;
    }
}
