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
    public IReadOnlyList<RuleTally> Count(IReadOnlyCollection<string>? chains = null) => Rules().Count(chains);

    /// <inheritdoc/>
    public IReadOnlyList<SetTally> Count(IReadOnlyCollection<MatchSet> sets) => Rules().Count(sets);

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
