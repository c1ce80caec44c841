using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy.Sets;

/// <summary>Communities as a filter names them: one value, or parts that are ranges or anything.</summary>
/// <remarks><code>
/// 65000:100   65000:100-199   65000:*   *:666          standard
/// 65000:1:2   65000:1:*       65000:*:*                large
/// rt:65000:*  soo:192.0.2.1:7 rt:4200000000:1          extended; any AS or address form that can say it, transitive or not
/// 0x0002FDE800000064                                   extended, these octets
/// no-export   blackhole                                standard, by name
/// </code></remarks>
public sealed record CommunityPattern
{
    /// <summary>What <see cref="TryParse"/> reads, for messages.</summary>
    public const string Allowed = "a community, each part a number, a range or *: 65000:100, 65000:100-199, 65000:*, "
        + "65000:1:* (large), rt:65000:* or soo:192.0.2.1:* (extended), 0x and 16 digits (extended), or a well-known name";

    private CommunityPattern(string text, CommunityKind kind, params Sequence<CommunityForm> forms) =>
        (Text, Kind, Forms) = (text, kind, forms);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The kind of communities it can match.</summary>
    public CommunityKind Kind { get; }

    /// <summary>Matches what has any of these forms.</summary>
    public Sequence<CommunityForm> Forms { get; }

    /// <summary>The one value it means, or null. An extended community is the transitive one, with its AS number in the
    /// form that fits (RFC 5668 §3).</summary>
    public CommunityValue? Single
    {
        get
        {
            if (Forms.IsEmpty)
            {
                return null;
            }

            var value = UInt128.Zero;
            foreach (var part in Forms[0].Fields)
            {
                if (part.Range.Least != part.Range.Greatest)
                {
                    return null;
                }

                value |= (UInt128)part.Range.Least << part.Shift;
            }

            return new CommunityValue(Kind, value);
        }
    }

    /// <summary>True when it means the community.</summary>
    public bool Matches(CommunityValue community)
    {
        if (community.Kind != Kind)
        {
            return false;
        }

        foreach (var form in Forms)
        {
            if (form.Matches(community.Value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>By the text: it says everything.</summary>
    public bool Equals(CommunityPattern? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="allowed">What may stand there instead.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out CommunityPattern? pattern, [NotNullWhen(false)] out string? allowed)
    {
        pattern = Parse(text);
        allowed = pattern is null ? Allowed : null;
        return pattern is not null;
    }

    private static CommunityPattern? Parse(string text)
    {
        if (WellKnownCommunities.ByName.TryGetValue(text, out var known))
        {
            return new(text, CommunityKind.Standard, new CommunityForm([new(0, 32, ValueRange.Only(known))]));
        }

        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return text.Length == 18
                && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octets)
                ? new(text, CommunityKind.Extended, Exactly(octets))
                : null;
        }

        var parts = text.Split(':');
        return parts.Length switch
        {
            2 => Numbers(text, CommunityKind.Standard, parts, bits: 16),
            3 when ExtendedCommunities.SubtypeOf(parts[0]) is { } subtype => Extended(text, subtype, parts[1], parts[2]),
            3 => Numbers(text, CommunityKind.Large, parts, bits: 32),
            _ => null,
        };
    }

    private static CommunityForm Exactly(ulong octets) => new(
        [new(32, 32, ValueRange.Only((uint)(octets >> 32))), new(0, 32, ValueRange.Only((uint)octets))]);

    private static CommunityPattern? Numbers(string text, CommunityKind kind, string[] parts, byte bits)
    {
        var fields = new CommunityField[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var shift = (byte)((parts.Length - 1 - i) * bits);
            var field = new CommunityField(shift, bits, default);
            if (RangeOf(parts[i]) is not { } range || (range.Greatest > field.Greatest && parts[i] != "*"))
            {
                return null;
            }

            fields[i] = field with { Range = Within(range, bits)!.Value };
        }

        return new(text, kind, new CommunityForm([.. fields]));
    }

    /// <summary>Types 0x00, 0x01 and 0x02 hold a two-octet AS, an IPv4 address and a four-octet AS (RFC 4360 §3, RFC 5668
    /// §2), and the same with 0x40 are not transitive.</summary>
    private static CommunityPattern? Extended(string text, byte subtype, string global, string local)
    {
        var address = IPAddress.TryParse(global, out var parsed) && global.Contains('.', StringComparison.Ordinal)
            && parsed.AddressFamily == AddressFamily.InterNetwork ? ValueRange.Only((uint)Prefix.ToInteger(parsed)) : (ValueRange?)null;
        var numbers = address is null ? RangeOf(global) : null;
        if ((address is null && numbers is null) || RangeOf(local) is not { } locals)
        {
            return null;
        }

        var forms = new List<CommunityForm>();
        foreach (var transitive in (ReadOnlySpan<byte>)[0x00, 0x40])
        {
            Add((byte)(transitive | 0x00), 16, numbers);
            Add((byte)(transitive | 0x02), 32, numbers);
            Add((byte)(transitive | 0x01), 32, global == "*" ? numbers : address);
        }

        return forms.Count == 0 ? null : new(text, CommunityKind.Extended, [.. forms]);

        void Add(byte type, byte globalBits, ValueRange? wanted)
        {
            var localBits = (byte)(48 - globalBits);
            if (wanted is { } range && Within(range, globalBits) is { } first && Within(locals, localBits) is { } second)
            {
                forms.Add(new CommunityForm(
                [
                    new(48, 16, ValueRange.Only(((uint)type << 8) | subtype)),
                    new(localBits, globalBits, first),
                    new(0, localBits, second),
                ]));
            }
        }
    }

    private static ValueRange? RangeOf(string part) =>
        part == "*" ? new ValueRange(0, uint.MaxValue) : ValueRange.TryParse(part, out var range) ? range : null;

    /// <summary>The part of a range that a field of so many bits can hold, or null.</summary>
    private static ValueRange? Within(ValueRange range, byte bits)
    {
        var greatest = uint.MaxValue >> (32 - bits);
        return range.Least > greatest ? null : new ValueRange(range.Least, Math.Min(range.Greatest, greatest));
    }
}
