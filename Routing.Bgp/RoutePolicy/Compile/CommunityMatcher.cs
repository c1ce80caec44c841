using System.Buffers.Binary;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.RoutePolicy.Compile;

/// <summary>Patterns of one kind of community, compiled: what is a range of numbers becomes one binary search for all of
/// them; the rest ("*:666") is tried form by form.</summary>
internal sealed class CommunityMatcher
{
    private readonly CommunityKind _kind;
    private readonly SortedRanges<uint> _standard;
    private readonly SortedRanges<ulong> _extended;
    private readonly SortedRanges<UInt128> _large;
    private readonly CommunityForm[] _others;

    /// <param name="kind">The kind.</param>
    /// <param name="patterns">Patterns; those of other kinds are passed over.</param>
    public CommunityMatcher(CommunityKind kind, IEnumerable<CommunityPattern> patterns)
    {
        _kind = kind;
        var forms = patterns.Where(pattern => pattern.Kind == kind).SelectMany(pattern => pattern.Forms).ToList();
        var width = MemberLength(kind) * 8;
        var ranges = forms.Select(form => RangeOf(form, width)).OfType<(UInt128 Least, UInt128 Greatest)>().ToList();
        _others = [.. forms.Where(form => RangeOf(form, width) is null)];
        _standard = new(kind == CommunityKind.Standard ? ranges.Select(range => ((uint)range.Least, (uint)range.Greatest)) : []);
        _extended = new(kind == CommunityKind.Extended ? ranges.Select(range => ((ulong)range.Least, (ulong)range.Greatest)) : []);
        _large = new(kind == CommunityKind.Large ? ranges : []);
        IsEmpty = forms.Count == 0;
    }

    /// <summary>True when no pattern is of the kind.</summary>
    public bool IsEmpty { get; }

    /// <summary>The attribute that holds communities of a kind.</summary>
    public static AttributeType TypeOf(CommunityKind kind) => kind switch
    {
        CommunityKind.Standard => AttributeType.Communities,
        CommunityKind.Extended => AttributeType.ExtendedCommunities,
        _ => AttributeType.LargeCommunities,
    };

    /// <summary>Octets of a community of a kind.</summary>
    public static int MemberLength(CommunityKind kind) => kind switch
    {
        CommunityKind.Standard => 4,
        CommunityKind.Extended => 8,
        _ => 12,
    };

    /// <summary>True when some community of a list matches.</summary>
    /// <param name="list">The attribute's value.</param>
    public bool MatchesAny(ReadOnlySpan<byte> list)
    {
        var length = MemberLength(_kind);
        for (; list.Length >= length; list = list[length..])
        {
            if (Matches(list[..length]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a community in wire form matches.</summary>
    public bool Matches(ReadOnlySpan<byte> community)
    {
        UInt128 value;
        switch (_kind)
        {
            case CommunityKind.Standard:
                var standard = BinaryPrimitives.ReadUInt32BigEndian(community);
                if (_standard.Contains(standard))
                {
                    return true;
                }

                value = standard;
                break;
            case CommunityKind.Extended:
                var extended = BinaryPrimitives.ReadUInt64BigEndian(community);
                if (_extended.Contains(extended))
                {
                    return true;
                }

                value = extended;
                break;
            default:
                value = new UInt128(
                    BinaryPrimitives.ReadUInt32BigEndian(community), BinaryPrimitives.ReadUInt64BigEndian(community[4..]));
                if (_large.Contains(value))
                {
                    return true;
                }

                break;
        }

        foreach (var form in _others)
        {
            if (form.Matches(value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A form as one range of numbers: fields of one value, then at most one of several, then anything.</summary>
    private static (UInt128 Least, UInt128 Greatest)? RangeOf(CommunityForm form, int width)
    {
        var (least, greatest) = (UInt128.Zero, UInt128.Zero);
        var next = width;
        var isOpen = false;
        foreach (var field in form.Fields)
        {
            var isAnything = field.Range.Least == 0 && field.Range.Greatest == field.Greatest;
            if (field.Shift + field.Bits != next || (isOpen && !isAnything))
            {
                return null;
            }

            least |= (UInt128)field.Range.Least << field.Shift;
            greatest |= (UInt128)field.Range.Greatest << field.Shift;
            isOpen |= field.Range.Least != field.Range.Greatest;
            next = field.Shift;
        }

        return next == 0 ? (least, greatest) : null;
    }
}
