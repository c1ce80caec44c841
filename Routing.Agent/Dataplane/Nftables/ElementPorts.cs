using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>The protocols and ports of some elements: what a packet must have, whatever its addresses, to be one of them.</summary>
internal sealed class ElementPorts
{
    private const int Most = 64; // beyond that it may be any

    private readonly HashSet<(RuleField Field, byte Protocol, ushort Low, ushort High)> _ranges = [];
    private bool _isAny;

    /// <summary>True when no packet is one.</summary>
    public bool IsEmpty => !_isAny && _ranges.Count == 0;

    /// <summary>Adds those of elements of a set.</summary>
    /// <param name="set">The set.</param>
    /// <param name="elements">Some that come, or that go.</param>
    /// <param name="addresses">Only elements with one of these; null for all.</param>
    public void Add(MatchSet set, IReadOnlyList<SetElement> elements, HashSet<UInt128>? addresses)
    {
        var hasPort = set.Key.Contains(RuleField.Protocol);
        var field = set.Key[^1]; // behind the protocol, where there is one
        var last = default((RuleField, byte, ushort, ushort));
        for (var i = 0; i < elements.Count && !_isAny; i++)
        {
            var element = elements[i];
            if (addresses?.Contains(element.AddressLow) == false)
            {
                continue;
            }

            var range = (field, element.Protocol, element.PortLow, element.PortHigh);
            if (range != last)
            {
                _ranges.Add(last = range); // thousands have the same
            }

            _isAny = !hasPort || _ranges.Count > Most;
        }
    }

    /// <summary>Adds others.</summary>
    public void Add(ElementPorts others)
    {
        _ranges.UnionWith(others._ranges);
        _isAny |= others._isAny || _ranges.Count > Most;
    }

    /// <summary>Any packet may be one from now on.</summary>
    public void AddAny() => _isAny = true;

    /// <summary>False when no packet is both. A packet has one protocol, and one port of a kind.</summary>
    public bool Meets(ElementPorts other) => !IsEmpty && !other.IsEmpty
        && (_isAny || other._isAny || _ranges.Any(one => other._ranges.Any(
            another => one.Protocol == another.Protocol
                && (one.Field != another.Field || (one.Low <= another.High && another.Low <= one.High)))));
}
