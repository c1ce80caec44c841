using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Messages;

/// <summary>ROUTE-REFRESH (RFC 2918 §3): a wish for all routes of a family again, with filters for them (RFC 5291 §4), or the
/// marks around the answer (RFC 7313 §3.2).</summary>
/// <remarks><code>
///  AFI (16) | subtype (8) | SAFI (8)    then, with filters:
///  when (8): 1 immediate, 2 defer | for each type: type (8) | length (16) | entries
/// </code></remarks>
/// <param name="Family">May be one this speaker does not know; the message is then ignored (RFC 2918 §4).</param>
internal sealed record RouteRefreshMessage(AfiSafi Family)
{
    private const int PlainLength = 4;
    private const byte Immediate = 1;
    private const byte Defer = 2;

    /// <summary>Entries that surely fit in one message.</summary>
    public const int MostFilters =
        (MessageHeader.MaxMessageLength - MessageHeader.Length - PlainLength - 4) / PrefixOrf.MaxEncodedLength;

    /// <summary>What it says; may be none that is defined, and the message is then ignored (RFC 7313 §5).</summary>
    public RouteRefreshSubtype Subtype { get; init; }

    /// <summary>Routes are not wanted now: the filters count from the next request on (RFC 5291 §4).</summary>
    public bool IsDeferred { get; init; }

    /// <summary>Changes of the filters on prefixes, in order.</summary>
    public ImmutableArray<PrefixOrf> Filters { get; init; } = [];

    /// <summary>The filters could not be read.</summary>
    public bool HasMalformedFilters { get; init; }

    /// <summary>Reads the body.</summary>
    /// <param name="body">At least four octets, as <see cref="MessageFramer"/> has checked. Copied.</param>
    /// <param name="message">The message.</param>
    /// <param name="error">RFC 7313 §5: a mark with anything behind it.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> body,
        [NotNullWhen(true)] out RouteRefreshMessage? message,
        [NotNullWhen(false)] out DecodeError? error)
    {
        (message, error) = (null, null);
        var subtype = (RouteRefreshSubtype)body[2];
        if (subtype is RouteRefreshSubtype.Begin or RouteRefreshSubtype.End && body.Length != PlainLength)
        {
            error = DecodeError.BadRouteRefreshLength(body);
            return false;
        }

        message = new RouteRefreshMessage(AfiSafis.Create((ushort)((body[0] << 8) | body[1]), body[3]))
        {
            Subtype = subtype,
        };
        if (subtype == RouteRefreshSubtype.Request && body.Length > PlainLength && message.Family.IsKnown())
        {
            message = message.WithFilters(new WireReader(body[PlainLength..]));
        }

        return true;
    }

    /// <summary>Writes the whole message.</summary>
    public void Encode(ref WireWriter writer)
    {
        var start = MessageHeader.Begin(ref writer, MessageType.RouteRefresh);
        writer.WriteUInt16(Family.Afi());
        writer.WriteByte((byte)Subtype);
        writer.WriteByte(Family.Safi());
        if (!Filters.IsEmpty)
        {
            writer.WriteByte(IsDeferred ? Defer : Immediate);
            writer.WriteByte(OutboundFilterCapability.PrefixType);
            var length = writer.ReserveUInt16();
            foreach (var filter in Filters)
            {
                filter.Encode(ref writer);
            }

            writer.PatchLengthUInt16(length);
        }

        MessageHeader.End(ref writer, start);
    }

    /// <inheritdoc/>
    public bool Equals(RouteRefreshMessage? other) => other is not null && Family == other.Family
        && Subtype == other.Subtype && IsDeferred == other.IsDeferred && HasMalformedFilters == other.HasMalformedFilters
        && Filters.AsSpan().SequenceEqual(other.Filters.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Family, Subtype, Filters.Length);

    private RouteRefreshMessage WithFilters(WireReader reader)
    {
        var filters = ImmutableArray.CreateBuilder<PrefixOrf>();
        if (!reader.TryReadByte(out var when) || when is not (Immediate or Defer))
        {
            return this with { HasMalformedFilters = true };
        }

        while (!reader.IsEmpty)
        {
            if (!reader.TryReadByte(out var type) || !reader.TryReadUInt16(out var length)
                || !reader.TryReadSection(length, out var entries))
            {
                return this with { HasMalformedFilters = true };
            }

            while (type == OutboundFilterCapability.PrefixType && !entries.IsEmpty)
            {
                if (!PrefixOrf.TryDecode(ref entries, Family, out var entry))
                {
                    return this with { HasMalformedFilters = true };
                }

                filters.Add(entry);
            }
        }

        return this with { IsDeferred = when == Defer, Filters = filters.DrainToImmutable() };
    }
}
