using System.Buffers.Binary;
using System.Text;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rpki.Rtr;

/// <summary>One PDU of the RPKI to router protocol (RFC 8210 §5), borrowed from the buffer it was received in.</summary>
/// <remarks><code>
///  0          8          16         24        31
/// | Version  | PDU Type | Session ID, error code, or flags and zero |
/// |                     Length                |  of the whole PDU
/// |                     ...                   |  Body
/// </code></remarks>
internal readonly ref struct RtrPdu
{
    /// <summary>Octets before the body.</summary>
    public const int HeaderLength = 8;

    /// <summary>Longest PDU that there may be (draft-ietf-sidrops-8210bis §5.1): an ASPA of 16,000 providers. The receive buffer has
    /// this size, so a lying length costs no memory.</summary>
    public const int MaxLength = 65535;

    /// <summary>RFC 6810.</summary>
    public const byte VersionWithoutIntervals = 0;

    /// <summary>draft-ietf-sidrops-8210bis.</summary>
    public const byte VersionWithAspas = 2;

    /// <summary>An error's text is cut here before it goes to a log.</summary>
    private const int LongestText = 200;

    private RtrPdu(ReadOnlySpan<byte> octets)
    {
        Octets = octets;
        Version = octets[0];
        Type = (RtrPduType)octets[1];
        Word = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
    }

    /// <summary>The whole PDU.</summary>
    public ReadOnlySpan<byte> Octets { get; }

    public byte Version { get; }

    public RtrPduType Type { get; }

    /// <summary>The header's second word: Session ID of most types, error code of an Error Report.</summary>
    public ushort Word { get; }

    private ReadOnlySpan<byte> Body => Octets[HeaderLength..];

    /// <summary>Takes the first PDU of what has been received and checks its length against its type.</summary>
    /// <param name="octets">As far as received.</param>
    /// <param name="pdu">The PDU; set also with an error, for the report.</param>
    /// <param name="error">Why it cannot stand; null otherwise.</param>
    /// <returns>False when it is not whole yet, or with an error.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> octets, out RtrPdu pdu, out RtrErrorCode? error)
    {
        pdu = default;
        error = null;
        if (octets.Length < HeaderLength)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(octets[4..]);
        if (length is < HeaderLength or > MaxLength)
        {
            error = RtrErrorCode.CorruptData;
            pdu = new RtrPdu(octets[..HeaderLength]);
            return false;
        }

        if (octets.Length < length)
        {
            return false;
        }

        pdu = new RtrPdu(octets[..(int)length]);
        error = pdu.Judge();
        return error is null;
    }

    /// <summary>The serial number of a Serial Notify, Serial Query or End of Data.</summary>
    public uint ReadSerial() => BinaryPrimitives.ReadUInt32BigEndian(Body);

    /// <summary>The intervals of an End of Data; those of RFC 8210 §6 in version 0, which has none.</summary>
    public RtrIntervals ReadIntervals() => Version == VersionWithoutIntervals ? RtrIntervals.Default : RtrIntervals.Bounded(
        BinaryPrimitives.ReadUInt32BigEndian(Body[4..]),
        BinaryPrimitives.ReadUInt32BigEndian(Body[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(Body[12..]));

    /// <summary>The payload of an IPv4 or IPv6 Prefix (RFC 8210 §5.6, §5.7).</summary>
    /// <returns>False when its lengths are impossible, or in version 2 with bits past the length
    /// (draft-ietf-sidrops-8210bis §5.9).</returns>
    public bool TryReadVrp(out Vrp vrp, out bool isAnnouncement)
    {
        var (flags, length, maxLength) = (Body[0], Body[1], Body[2]);
        isAnnouncement = (flags & 1) != 0;
        var family = Type == RtrPduType.IPv4Prefix ? AfiSafi.IPv4Unicast : AfiSafi.IPv6Unicast;
        var width = family == AfiSafi.IPv4Unicast ? 32 : 128;
        if (length > maxLength || maxLength > width)
        {
            vrp = default;
            return false;
        }

        var address = family == AfiSafi.IPv4Unicast
            ? BinaryPrimitives.ReadUInt32BigEndian(Body[4..])
            : BinaryPrimitives.ReadUInt128BigEndian(Body[4..]);
        var prefix = Prefix.Create(family, address, length);
        vrp = new Vrp(
            prefix, maxLength, BinaryPrimitives.ReadUInt32BigEndian(Body[(4 + (width / 8))..]));
        return Version < VersionWithAspas || prefix.Address == address;
    }

    /// <summary>The payload of an ASPA (draft-ietf-sidrops-8210bis §5.12).</summary>
    /// <returns>False when its providers are impossible: none, AS 0 beside others, one twice or out of order, or any in a
    /// withdrawal.</returns>
    public bool TryReadAspa(out Aspa aspa, out bool isAnnouncement)
    {
        isAnnouncement = (Word >> 8 & 1) != 0;
        var reader = new WireReader(Body);
        reader.TryReadUInt32(out var customer);
        var providers = new List<uint>(reader.Rest.Length / sizeof(uint));
        while (reader.TryReadUInt32(out var provider))
        {
            providers.Add(provider);
        }

        aspa = Aspa.Create(customer, providers);
        return isAnnouncement
            ? providers.Count == 1 || (providers.Count > 1 && providers[0] != 0 && aspa.Providers.SequenceEqual(providers))
            : providers.Count == 0;
    }

    /// <summary>The text of an Error Report (RFC 8210 §5.11); empty when there is none, or none that can be read.</summary>
    public string ReadErrorText()
    {
        var reader = new WireReader(Body);
        if (!reader.TryReadUInt32(out var copied) || copied > int.MaxValue || !reader.TryReadOctets((int)copied, out _)
            || !reader.TryReadUInt32(out var length) || length > reader.Rest.Length)
        {
            return "";
        }

        // It goes to logs and terminals: control characters become dots.
        var text = Encoding.UTF8.GetString(reader.Rest[..(int)Math.Min(length, LongestText)]);
        return string.Concat(text.Select(character => char.IsControl(character) ? '.' : character));
    }

    private RtrErrorCode? Judge()
    {
        var isKnown = Type is RtrPduType.Aspa ? Version >= VersionWithAspas
            : Type is RtrPduType.RouterKey ? Version >= 1
            : Type <= RtrPduType.ErrorReport && (byte)Type != 5;
        return !isKnown ? RtrErrorCode.UnsupportedPduType : HasPossibleLength() ? null : RtrErrorCode.CorruptData;
    }

    private bool HasPossibleLength() => Type switch
    {
        RtrPduType.SerialNotify or RtrPduType.SerialQuery => Octets.Length == 12,
        RtrPduType.ResetQuery or RtrPduType.CacheResponse or RtrPduType.CacheReset => Octets.Length == 8,
        RtrPduType.IPv4Prefix => Octets.Length == 20,
        RtrPduType.IPv6Prefix => Octets.Length == 32,
        RtrPduType.EndOfData => Octets.Length == (Version == VersionWithoutIntervals ? 12 : 24),
        RtrPduType.RouterKey => Octets.Length >= 32,
        RtrPduType.ErrorReport => Octets.Length >= 16,
        _ => Octets.Length >= 12 && Octets.Length % 4 == 0,
    };
}
