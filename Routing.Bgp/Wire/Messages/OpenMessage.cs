using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Messages;

/// <summary>OPEN (RFC 4271 §4.2) as it was said; what it means for the session is <c>OpenNegotiation</c>'s
/// business.</summary>
internal sealed record OpenMessage
{
    /// <summary>The version of BGP this speaker speaks.</summary>
    public const byte SupportedVersion = 4;

    private const byte CapabilitiesParameter = 2;

    /// <summary>Marks the extended form of the optional parameters (RFC 9072 §2).</summary>
    private const byte ExtendedLengthParameter = 255;

    /// <summary>Protocol version.</summary>
    public byte Version { get; init; } = SupportedVersion;

    /// <summary>The My Autonomous System field: AS_TRANS when the AS number needs four octets.</summary>
    public required ushort MyAsn { get; init; }

    /// <summary>Proposed hold time.</summary>
    public required ushort HoldTimeSeconds { get; init; }

    /// <summary>BGP Identifier, host order.</summary>
    public required uint BgpIdentifier { get; init; }

    /// <summary>All capabilities in the order in which they came, whatever parameters they were spread over.</summary>
    public ImmutableArray<Capability> Capabilities { get; init; } = [];

    /// <summary>Reads the body.</summary>
    /// <param name="body">At least ten octets, as <see cref="MessageFramer"/> has checked.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> body, [NotNullWhen(true)] out OpenMessage? open, [NotNullWhen(false)] out DecodeError? error)
    {
        open = null;
        var reader = new WireReader(body);
        if (!reader.TryReadByte(out var version) || !reader.TryReadUInt16(out var asn)
            || !reader.TryReadUInt16(out var holdTime) || !reader.TryReadUInt32(out var identifier))
        {
            error = DecodeError.MalformedOpen("the OPEN is too short");
            return false;
        }

        // Another version may lay out the rest differently, so it is the first thing judged (RFC 4271 §6.2).
        if (version != SupportedVersion)
        {
            error = DecodeError.UnsupportedVersion(version);
            return false;
        }

        var capabilities = ImmutableArray.CreateBuilder<Capability>();
        if (!TryReadParameters(ref reader, capabilities, out error))
        {
            return false;
        }

        open = new OpenMessage
        {
            Version = version,
            MyAsn = asn,
            HoldTimeSeconds = holdTime,
            BgpIdentifier = identifier,
            Capabilities = capabilities.DrainToImmutable(),
        };
        return true;
    }

    /// <summary>Writes the whole message, all capabilities in one optional parameter (RFC 5492 §4). The extended form is
    /// kept for parameters that need it (RFC 9072 §2), since an old speaker takes it for an error.</summary>
    public void Encode(ref WireWriter writer)
    {
        var start = MessageHeader.Begin(ref writer, MessageType.Open);
        writer.WriteByte(Version);
        writer.WriteUInt16(MyAsn);
        writer.WriteUInt16(HoldTimeSeconds);
        writer.WriteUInt32(BgpIdentifier);
        Span<byte> scratch = stackalloc byte[MessageHeader.MaxMessageLength];
        var capabilities = new WireWriter(scratch);
        foreach (var capability in Capabilities)
        {
            capability.Encode(ref capabilities);
        }

        WriteParameters(ref writer, capabilities.Written);
        MessageHeader.End(ref writer, start);
    }

    /// <summary>The whole message.</summary>
    public byte[] ToOctets()
    {
        var writer = new WireWriter(new byte[MessageHeader.MaxMessageLength]);
        Encode(ref writer);
        return writer.Written.ToArray();
    }

    /// <inheritdoc/>
    public bool Equals(OpenMessage? other) => other is not null && Version == other.Version && MyAsn == other.MyAsn
        && HoldTimeSeconds == other.HoldTimeSeconds && BgpIdentifier == other.BgpIdentifier
        && Capabilities.AsSpan().SequenceEqual(other.Capabilities.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, MyAsn, HoldTimeSeconds, BgpIdentifier);

    private static void WriteParameters(ref WireWriter writer, scoped ReadOnlySpan<byte> capabilities)
    {
        if (capabilities.IsEmpty)
        {
            writer.WriteByte(0);
        }
        else if (capabilities.Length + 2 <= byte.MaxValue)
        {
            writer.WriteByte((byte)(capabilities.Length + 2));
            writer.WriteByte(CapabilitiesParameter);
            writer.WriteByte((byte)capabilities.Length);
        }
        else
        {
            writer.WriteByte(ExtendedLengthParameter); // RFC 9072 §2: as the length, SHOULD be 255; as a type, MUST
            writer.WriteByte(ExtendedLengthParameter);
            writer.WriteUInt16((ushort)(capabilities.Length + 3));
            writer.WriteByte(CapabilitiesParameter);
            writer.WriteUInt16((ushort)capabilities.Length);
        }

        writer.WriteOctets(capabilities);
    }

    private static bool TryReadParameters(
        ref WireReader reader,
        ImmutableArray<Capability>.Builder capabilities,
        [NotNullWhen(false)] out DecodeError? error)
    {
        if (!reader.TryReadByte(out var octets))
        {
            error = DecodeError.MalformedOpen("the OPEN has no optional parameters length");
            return false;
        }

        var length = (int)octets;
        var extended = false;
        if (length > 0 && !reader.IsEmpty && reader.Rest[0] == ExtendedLengthParameter)
        {
            reader.TryReadByte(out _);
            extended = true;
            length = reader.TryReadUInt16(out var longLength) ? longLength : -1;
        }

        if (length != reader.Rest.Length)
        {
            error = DecodeError.MalformedOpen("the optional parameters do not fill the OPEN");
            return false;
        }

        while (!reader.IsEmpty)
        {
            if (!TryReadParameterHeader(ref reader, extended, out var type, out var parameter))
            {
                error = DecodeError.MalformedOpen("an optional parameter runs past the end of the OPEN");
                return false;
            }

            if (type != CapabilitiesParameter)
            {
                error = DecodeError.UnsupportedOptionalParameter(type);
                return false;
            }

            while (!parameter.IsEmpty)
            {
                if (!Capability.TryDecode(ref parameter, out var capability, out error))
                {
                    return false;
                }

                capabilities.Add(capability);
            }
        }

        error = null;
        return true;
    }

    private static bool TryReadParameterHeader(
        ref WireReader reader, bool extended, out byte type, out WireReader parameter)
    {
        parameter = default;
        if (!reader.TryReadByte(out type))
        {
            return false;
        }

        int length;
        if (extended)
        {
            if (!reader.TryReadUInt16(out var longLength))
            {
                return false;
            }

            length = longLength;
        }
        else
        {
            if (!reader.TryReadByte(out var shortLength))
            {
                return false;
            }

            length = shortLength;
        }

        return reader.TryReadSection(length, out parameter);
    }
}
