namespace Routing.Benchmarks.Policy.Packets;

/// <summary>Nothing but the forwarding: the most there can be.</summary>
internal sealed class NoRules() : PolicyLayout("no rules")
{
    public override void Apply()
    {
    }

    public override void Clear()
    {
    }
}
