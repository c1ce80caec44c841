using System.Collections.Immutable;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rpki;

/// <summary>All validated ROA payloads at one moment. Immutable: a change makes another table.</summary>
internal sealed class RoaTable
{
    /// <summary>Nothing is known.</summary>
    public static readonly RoaTable Empty = new([]);

    private readonly CoveringTable<uint> _ipv4;
    private readonly CoveringTable<UInt128> _ipv6;

    private RoaTable(ImmutableArray<Vrp> payloads)
    {
        Payloads = payloads;
        var split = 0;
        while (split < payloads.Length && payloads[split].Prefix.Family == AfiSafi.IPv4Unicast)
        {
            split++;
        }

        _ipv4 = new CoveringTable<uint>(payloads.AsSpan()[..split]);
        _ipv6 = new CoveringTable<UInt128>(payloads.AsSpan()[split..]);
        IPv4Count = split;
    }

    /// <summary>All payloads in order, each once.</summary>
    public ImmutableArray<Vrp> Payloads { get; }

    /// <summary>Those of IPv4.</summary>
    public int IPv4Count { get; }

    /// <summary>Those of IPv6.</summary>
    public int IPv6Count => Payloads.Length - IPv4Count;

    /// <summary>A table of payloads in any order, some perhaps twice.</summary>
    public static RoaTable Create(IEnumerable<Vrp> payloads)
    {
        var sorted = payloads.Distinct().ToArray();
        Array.Sort(sorted);
        return new RoaTable([.. sorted]);
    }

    /// <summary>Origin validation (RFC 6811 §2).</summary>
    /// <param name="prefix">The route's prefix.</param>
    /// <param name="origin">Its origin AS; 0 when it has none.</param>
    public OriginValidity Validate(Prefix prefix, uint origin) => prefix.Family == AfiSafi.IPv4Unicast
        ? _ipv4.Validate((uint)prefix.Address, prefix.Length, origin)
        : _ipv6.Validate(prefix.Address, prefix.Length, origin);

    /// <summary>True when a payload covers the prefix, so that a change of the payloads concerns it.</summary>
    public bool Covers(Prefix prefix) => prefix.Family == AfiSafi.IPv4Unicast
        ? _ipv4.Covers((uint)prefix.Address, prefix.Length)
        : _ipv6.Covers(prefix.Address, prefix.Length);

    /// <summary>What is in one of two tables and not in the other: the routes these cover are those whose validity may
    /// have changed.</summary>
    public static RoaTable Difference(RoaTable one, RoaTable other)
    {
        var (a, b) = (one.Payloads, other.Payloads);
        var changed = ImmutableArray.CreateBuilder<Vrp>();
        int i = 0, j = 0;
        while (i < a.Length || j < b.Length)
        {
            var order = i == a.Length ? 1 : j == b.Length ? -1 : a[i].CompareTo(b[j]);
            if (order != 0)
            {
                changed.Add(order < 0 ? a[i] : b[j]);
            }

            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return new RoaTable(changed.ToImmutable());
    }
}
