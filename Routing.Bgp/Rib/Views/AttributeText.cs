using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Views;

/// <summary>Path attributes as operators read them. The octets are well formed: canonical, or encoded by us.</summary>
/// <param name="attributes">The attributes; borrowed.</param>
internal readonly ref struct AttributeText(ReadOnlySpan<byte> attributes)
{
    private const int LargeOctets = 12;
    private const int ExtendedOctets = 8;

    private readonly ReadOnlySpan<byte> _attributes = attributes;

    /// <summary>IGP, EGP or INCOMPLETE.</summary>
    public string Origin => Find(AttributeType.Origin) is [var code] ? OriginName(code) : "";

    /// <summary>Numbers from the nearest AS on; sets in braces, confederation segments in parentheses and
    /// brackets (RFC 5065 §5).</summary>
    public string AsPath => AsPathText(Find(AttributeType.AsPath));

    public uint? LocalPref => Number(AttributeType.LocalPref);

    public uint? MultiExitDisc => Number(AttributeType.MultiExitDisc);

    public ImmutableArray<string> Communities => CommunitiesOf(AttributeType.Communities, sizeof(uint), CommunityKind.Standard);

    public ImmutableArray<string> LargeCommunities =>
        CommunitiesOf(AttributeType.LargeCommunities, LargeOctets, CommunityKind.Large);

    public ImmutableArray<string> ExtendedCommunities =>
        CommunitiesOf(AttributeType.ExtendedCommunities, ExtendedOctets, CommunityKind.Extended);

    public IPAddress? OriginatorId => Number(AttributeType.OriginatorId) is { } id ? IPv4(id) : null;

    public ImmutableArray<IPAddress> ClusterList => Each(
        AttributeType.ClusterList, sizeof(uint), static octets => IPv4(BinaryPrimitives.ReadUInt32BigEndian(octets)));

    /// <summary>What has no field of its own, a text for each: "AIGP 100", "attribute 99: 0x0102".</summary>
    public ImmutableArray<string> Others
    {
        get
        {
            var others = new List<string>();
            var cursor = new AttributeCursor(_attributes);
            while (cursor.TryRead(out var attribute))
            {
                if (Describe(attribute) is { } text)
                {
                    others.Add(text);
                }
            }

            return others.ToImmutableArray();
        }
    }

    /// <summary>A path that has these attributes; what does not follow from them is left open.</summary>
    public PathStatus ToStatus() => new()
    {
        IsBest = false,
        Reason = DecisionStep.OnlyPath,
        AsPath = AsPath,
        Origin = Origin,
        LocalPref = LocalPref,
        MultiExitDisc = MultiExitDisc,
        Communities = Communities,
        LargeCommunities = LargeCommunities,
        ExtendedCommunities = ExtendedCommunities,
        OriginatorId = OriginatorId,
        ClusterList = ClusterList,
        Others = Others,
    };

    private static string? Describe(PathAttribute attribute) => attribute.Type switch
    {
        AttributeType.Origin or AttributeType.AsPath or AttributeType.NextHop or AttributeType.MultiExitDisc
            or AttributeType.LocalPref or AttributeType.Communities or AttributeType.OriginatorId
            or AttributeType.ClusterList or AttributeType.ExtendedCommunities or AttributeType.LargeCommunities => null,
        LocalAttribute.Type => Describe(LocalAttribute.Decode(attribute.Value)),
        AttributeType.AtomicAggregate => "ATOMIC_AGGREGATE",
        AttributeType.Aggregator when attribute.Value.Length == 2 * sizeof(uint) => string.Create(
            CultureInfo.InvariantCulture,
            $"AGGREGATOR {BinaryPrimitives.ReadUInt32BigEndian(attribute.Value)} "
            + $"{IPv4(BinaryPrimitives.ReadUInt32BigEndian(attribute.Value[sizeof(uint)..]))}"),
        AttributeType.Aigp when Aigp.TryRead(attribute.Value, out var metric) =>
            string.Create(CultureInfo.InvariantCulture, $"AIGP {metric}"),
        AttributeType.OnlyToCustomer when attribute.Value.Length == sizeof(uint) => string.Create(
            CultureInfo.InvariantCulture, $"OTC {BinaryPrimitives.ReadUInt32BigEndian(attribute.Value)}"),
        _ => string.Create(
            CultureInfo.InvariantCulture, $"attribute {(byte)attribute.Type}: 0x{Convert.ToHexString(attribute.Value)}"),
    };

    /// <summary>What only the filters know, in their words.</summary>
    private static string? Describe(LocalAttribute local)
    {
        var weight = local.Weight > 0 ? $"weight {local.Weight}" : null;
        var priority = local.PriorityOrNull is { } metric ? $"priority {metric}" : null;
        return weight is null ? priority : priority is null ? weight : $"{weight}, {priority}";
    }

    private static string OriginName(byte code) => code switch { 0 => "IGP", 1 => "EGP", _ => "INCOMPLETE" };

    private static string AsPathText(ReadOnlySpan<byte> path)
    {
        var text = new StringBuilder();
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            var (open, close) = segment.Type switch
            {
                AsPathSegmentType.Set => ("{", "}"),
                AsPathSegmentType.ConfedSequence => ("(", ")"),
                AsPathSegmentType.ConfedSet => ("[", "]"),
                _ => ("", ""),
            };
            text.Append(text.Length > 0 ? " " : "").Append(open);
            for (var i = 0; i < segment.Count; i++)
            {
                text.Append(i > 0 ? " " : "").Append(CultureInfo.InvariantCulture, $"{segment[i]}");
            }

            text.Append(close);
        }

        return text.ToString();
    }

    private static IPAddress IPv4(uint address) => Prefix.ToAddress(AfiSafi.IPv4Unicast, address);

    /// <summary>As a BGPFilter writes them.</summary>
    private ImmutableArray<string> CommunitiesOf(AttributeType type, int size, CommunityKind kind) =>
        Each(type, size, octets => new CommunityValue(kind, Integer(octets)).ToString());

    private static UInt128 Integer(ReadOnlySpan<byte> octets)
    {
        var value = UInt128.Zero;
        foreach (var octet in octets)
        {
            value = (value << 8) | octet;
        }

        return value;
    }

    private ReadOnlySpan<byte> Find(AttributeType type) =>
        AttributeCursor.TryFind(_attributes, type, out var value) ? value : default;

    private uint? Number(AttributeType type) =>
        Find(type) is { Length: sizeof(uint) } value ? BinaryPrimitives.ReadUInt32BigEndian(value) : null;

    private ImmutableArray<T> Each<T>(AttributeType type, int size, Func<ReadOnlySpan<byte>, T> read)
    {
        var values = new List<T>();
        for (var rest = Find(type); rest.Length >= size; rest = rest[size..])
        {
            values.Add(read(rest[..size]));
        }

        return values.ToImmutableArray();
    }
}
