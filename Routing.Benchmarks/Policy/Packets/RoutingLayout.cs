using Routing.Agent.Dataplane;
using Routing.Policy.Compile;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>Ours: compiled, and applied by one of our back ends.</summary>
/// <param name="name">For the table.</param>
/// <param name="open">Opens the back end.</param>
internal sealed class RoutingLayout(string name, Func<IRulesetApplier> open) : PolicyLayout(name), IDisposable
{
    private IRulesetApplier? _applier;

    /// <summary>As with `routing agent --count-rules`.</summary>
    public bool CountsRules { get; set; }

    public override void Apply()
    {
        var node = new NodePolicy("bench", new ReportOptions { CountsRules = CountsRules });
        node.ReplaceNamespaces([NamespaceView.Bare("bench")]);
        node.ReplacePods(PolicyGrid.Pods());
        node.ReplacePolicies(PolicyKind.NetworkPolicy, PolicyGrid.Policies());
        SetEndpoint(node, "client", PacketPath.ClientAddress);
        foreach (var server in PacketServer.All)
        {
            SetEndpoint(node, server.Role, server.Address);
        }

        _applier ??= open();
        _applier.Apply(node.Compile());
    }

    public override void Clear() => _applier?.Apply(Ruleset.Empty);

    public void Dispose() => _applier?.Dispose();

    private static void SetEndpoint(NodePolicy node, string role, System.Net.IPAddress address) =>
        node.SetEndpoint(new LocalEndpoint(
            PacketPath.InterfaceOf(role), new NamespacedName("bench", role), "", [Address.From(address)]));
}
