using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>A range of addresses that a stage's rules do not tell apart unless they are somebody's, or all addresses that are in no
/// range; and what is said of exact addresses within.</summary>
/// <param name="rules">The rules that match any address in it, by place; not changed.</param>
/// <param name="decisions">What they say.</param>
internal sealed class AddressClass(ulong[] rules, PortDecisions decisions)
{
    /// <summary>Classes that may be kept although no address is in them any more.</summary>
    private const int CacheLimit = 4096;

    private SmallMap<ClassKey, LookupCells>? _exact;

    /// <summary>The rules that match.</summary>
    public ulong[] Rules => rules;

    /// <summary>What they say.</summary>
    public PortDecisions Decisions => decisions;

    /// <summary>The look-ups for an address in it of another class.</summary>
    /// <param name="key">The class; kept only as a copy.</param>
    /// <param name="names">What the peer calls its ports.</param>
    /// <param name="stage">Resolves.</param>
    public LookupCells Exact(ClassKey key, ImmutableArray<NamedPort> names, StageRules stage)
    {
        _exact ??= new();
        if (!_exact.TryGetValue(key, out var cells))
        {
            if (_exact.Count >= CacheLimit)
            {
                _exact.Clear();
            }

            cells = LookupCells.Of(stage.Decide(key.Rules, names), decisions, isNet: false);
            _exact.Add(key with { Rules = [.. key.Rules] }, cells);
        }

        return cells;
    }
}
