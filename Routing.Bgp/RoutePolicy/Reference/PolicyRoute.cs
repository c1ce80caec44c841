using System.Buffers.Binary;
using System.Collections.Immutable;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy.Reference;

/// <summary>A route in plain values, as the reference interpreter and people see it.</summary>
internal sealed record PolicyRoute
{
    /// <summary>The prefix.</summary>
    public required Prefix Prefix { get; init; }

    /// <summary>Where it comes from and goes to.</summary>
    public required RouteScope Scope { get; init; }

    /// <summary>Origin validation.</summary>
    public OriginValidity OriginValidity { get; init; }

    /// <summary>Path verification.</summary>
    public PathValidity PathValidity { get; init; }

    /// <summary>ORIGIN.</summary>
    public RouteOrigin Origin { get; init; }

    /// <summary>AS_PATH.</summary>
    public Sequence<PolicyPathSegment> AsPath { get; init; }

    /// <summary>NEXT_HOP or its global part; null for a route of our own.</summary>
    public UInt128? NextHop { get; init; }

    /// <summary>The next hop is an IPv6 address.</summary>
    public bool NextHopIsIPv6 { get; init; }

    /// <summary>MULTI_EXIT_DISC.</summary>
    public uint? Med { get; init; }

    /// <summary>LOCAL_PREF.</summary>
    public uint? LocalPref { get; init; }

    /// <summary>AIGP metric.</summary>
    public ulong? Aigp { get; init; }

    /// <summary>Communities of all kinds, each kind in its order.</summary>
    public Sequence<CommunityValue> Communities { get; init; }

    /// <summary>Weight.</summary>
    public uint Weight { get; init; }

    /// <summary>Metric of the kernel route.</summary>
    public uint? Priority { get; init; }

    /// <summary>The export policy has set the MED.</summary>
    public bool SendsMed { get; init; }

    /// <summary>The export policy has settled the next hop.</summary>
    public bool KeepsNextHop { get; init; }

    /// <summary>The path's AS numbers in the order in which they stand.</summary>
    public IReadOnlyList<uint> Asns => [.. AsPath.SelectMany(segment => segment.Asns)];

    /// <summary>Decodes canonical attributes.</summary>
    public static PolicyRoute Decode(Prefix prefix, RouteScope scope, ReadOnlySpan<byte> canonical)
    {
        var route = new PolicyRoute { Prefix = prefix, Scope = scope };
        var communities = ImmutableArray.CreateBuilder<CommunityValue>();
        var cursor = new AttributeCursor(canonical);
        while (cursor.TryRead(out var attribute))
        {
            var value = attribute.Value;
            switch (attribute.Type)
            {
                case LocalAttribute.Type:
                    route = route.WithLocal(LocalAttribute.Decode(value));
                    break;
                case AttributeType.Origin:
                    route = route with { Origin = (RouteOrigin)value[0] };
                    break;
                case AttributeType.AsPath:
                    route = route with { AsPath = Segments(value) };
                    break;
                case AttributeType.NextHop:
                    route = route with
                    {
                        NextHop = value.Length == sizeof(uint)
                            ? BinaryPrimitives.ReadUInt32BigEndian(value)
                            : BinaryPrimitives.ReadUInt128BigEndian(value),
                        NextHopIsIPv6 = value.Length > sizeof(uint),
                    };
                    break;
                case AttributeType.MultiExitDisc:
                    route = route with { Med = BinaryPrimitives.ReadUInt32BigEndian(value) };
                    break;
                case AttributeType.LocalPref:
                    route = route with { LocalPref = BinaryPrimitives.ReadUInt32BigEndian(value) };
                    break;
                case AttributeType.Aigp when Wire.Attributes.Aigp.TryRead(value, out var metric):
                    route = route with { Aigp = metric };
                    break;
                case AttributeType.Communities:
                    AddCommunities(communities, CommunityKind.Standard, value, 4);
                    break;
                case AttributeType.ExtendedCommunities:
                    AddCommunities(communities, CommunityKind.Extended, value, 8);
                    break;
                case AttributeType.LargeCommunities:
                    AddCommunities(communities, CommunityKind.Large, value, 12);
                    break;
            }
        }

        return route with { Communities = new(communities.ToImmutable()) };
    }

    private PolicyRoute WithLocal(LocalAttribute local) => this with
    {
        Weight = local.Weight,
        Priority = local.PriorityOrNull,
        SendsMed = (local.Traits & LocalTraits.SendsMed) != 0,
        KeepsNextHop = (local.Traits & LocalTraits.KeepsNextHop) != 0,
    };

    private static Sequence<PolicyPathSegment> Segments(ReadOnlySpan<byte> path)
    {
        var segments = new List<PolicyPathSegment>();
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            var asns = new List<uint>();
            for (var i = 0; i < segment.Count; i++)
            {
                asns.Add(segment[i]);
            }

            segments.Add(new PolicyPathSegment(segment.Type, [.. asns]));
        }

        return [.. segments];
    }

    private static void AddCommunities(
        ImmutableArray<CommunityValue>.Builder communities, CommunityKind kind, ReadOnlySpan<byte> list, int length)
    {
        for (; list.Length >= length; list = list[length..])
        {
            var value = UInt128.Zero;
            foreach (var octet in list[..length])
            {
                value = (value << 8) | octet;
            }

            communities.Add(new CommunityValue(kind, value));
        }
    }
}
