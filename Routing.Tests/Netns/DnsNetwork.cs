using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Tests.Policy;

namespace Routing.Tests.Netns;

/// <summary>A node with a pod that may reach names only, another pod, and the cluster's DNS elsewhere.</summary>
internal static class DnsNetwork
{
    public const string PodInterface = "rt00000000000a", OtherInterface = "rt00000000000b";
    public static readonly Address Pod = Address.Parse("10.1.0.2"), Other = Address.Parse("10.2.0.2"), Server = Address.Parse("10.3.0.2");
    public static readonly DomainPattern Name = DomainPattern.Parse("www.example.com"), Below = DomainPattern.Parse("*.example.org");

    /// <summary>Lets shop/web ask anybody's port 53, and reach names at TCP 80; nothing else.</summary>
    public static PolicySpec NamesOnly { get; } = new()
    {
        Key = new PolicyKey(PolicyKind.ClusterNetworkPolicy, new("", "names")),
        Tier = Tier.Admin,
        Subject = new PodSelection(new NamespaceScope.Named("shop"), LabelSelector.Everything),
        Ingress = null,
        Egress = new RuleSet(
        [
            new RuleSpec(
                RuleVerdict.Allow, [],
                [new PortSpec.Numbers(TransportProtocol.Udp, 53, 53), new PortSpec.Numbers(TransportProtocol.Tcp, 53, 53)], "spec.egress[0]"),
            new RuleSpec(
                RuleVerdict.Allow, [new PeerSpec.Domains([Name, Below])],
                [new PortSpec.Numbers(TransportProtocol.Tcp, 80, 80)], "spec.egress[1]"),
            new RuleSpec(RuleVerdict.Deny, [], [], "spec.egress[2]"),
        ]),
    };

    /// <summary>The node's policy state with its two pods and the endpoints of kube-dns.</summary>
    public static NodePolicy Policy()
    {
        var policy = new NodePolicy("node-1").Knowing("shop", "other");
        var (web, other) = (new NamespacedName("shop", "web"), new NamespacedName("other", "pod"));
        policy.UpsertPod(new PodView { Name = web, Addresses = [Pod] });
        policy.UpsertPod(new PodView { Name = other, Addresses = [Other] });
        policy.SetEndpoint(new LocalEndpoint(PodInterface, web, "", [Pod]));
        policy.SetEndpoint(new LocalEndpoint(OtherInterface, other, "", [Other]));
        policy.UpsertServiceSlice(new ServiceSliceView(
            new("kube-system", "kube-dns-1"), "kube-dns", [Server],
            [new PortSpec.Numbers(TransportProtocol.Udp, 53, 53), new PortSpec.Numbers(TransportProtocol.Tcp, 53, 53)]));
        return policy;
    }
}
