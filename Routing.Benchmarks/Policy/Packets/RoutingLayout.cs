using Routing.Agent.Dataplane.Nftables;
using Routing.Policy.Controller;
using Routing.Policy.Model;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>Ours: compiled, and applied by netlink.</summary>
internal sealed class RoutingLayout() : PolicyLayout("routing"), IDisposable
{
    private NftApplier? _applier;

    public override void Apply(int policies)
    {
        var node = new NodePolicy("bench");
        node.ReplaceNamespaces([NamespaceView.Bare("bench")]);
        node.ReplacePods(PolicyGrid.PodsOf(policies));
        node.ReplacePolicies(PolicyKind.NetworkPolicy, PolicyGrid.Policies(policies));
        SetEndpoint(node, "client", PacketPath.ClientAddress);
        SetEndpoint(node, "server", PacketPath.ServerAddress);
        _applier ??= NftApplier.Open();
        _applier.Apply(node.Compile());
    }

    public override void Clear() => RulesetTool.Run($"delete table inet {NftApplier.Table}\n", "nft", "-f", "-");

    public void Dispose() => _applier?.Dispose();

    private static void SetEndpoint(NodePolicy node, string role, System.Net.IPAddress address) =>
        node.SetEndpoint(new LocalEndpoint(
            PacketPath.InterfaceOf(role), new NamespacedName("bench", role), "", [Address.From(address)]));
}
