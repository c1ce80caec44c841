using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>Adds LLGR_STALE to sets of attributes (RFC 9494 §4.2), each set once, in one walk over a peer's routes.</summary>
internal sealed class LongLivedMarks(AttributeTable attributes) : IDisposable
{
    private readonly AttributeEditor _editor = new();
    private readonly Dictionary<int, int> _marked = [];

    /// <summary>The marked twin of a set; it lives for as long as this object or another holder.</summary>
    public int Mark(int set)
    {
        if (!_marked.TryGetValue(set, out var twin))
        {
            _editor.Load(attributes.Octets(set));
            _editor.AddCommunity(WellKnownCommunity.LongLivedStale);
            twin = attributes.Intern(_editor.Octets, OctetHash.Compute(_editor.Octets));
            attributes.AddReference(set); // so that the number cannot become another set's during the walk
            _marked.Add(set, twin);
        }

        return twin;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (set, twin) in _marked)
        {
            attributes.Release(set);
            attributes.Release(twin);
        }
    }
}
