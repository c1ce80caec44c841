using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Live;

/// <summary>A look at the kernel that goes on with the back end in use, when that becomes another.</summary>
/// <param name="current">The back end in use.</param>
internal sealed class CurrentRules(Func<IRulesetApplier> current) : IKernelRules
{
    private (IRulesetApplier Of, IKernelRules Rules)? _open;

    /// <inheritdoc/>
    public KernelWalk Walk(Packet packet, Ruleset wanted) => Rules().Walk(packet, wanted);

    /// <inheritdoc/>
    public IReadOnlyList<RuleTally> CountVerdicts() => Rules().CountVerdicts();

    /// <inheritdoc/>
    public IReadOnlyList<ChainTally> CountRules(Ruleset applied, IReadOnlyCollection<Chain>? chains) => Rules().CountRules(applied, chains);

    /// <inheritdoc/>
    public IReadOnlyList<SetTally> CountElements(IReadOnlyCollection<MatchSet> sets) => Rules().CountElements(sets);

    /// <inheritdoc/>
    public void Dispose() => _open?.Rules.Dispose();

    private IKernelRules Rules()
    {
        var now = current();
        if (_open is not { } open || open.Of != now)
        {
            _open?.Rules.Dispose();
            _open = null;
            _open = open = (now, now.OpenRules());
        }

        return open.Rules;
    }
}
