using System.Globalization;
using System.Net;
using Routing.Policy.Model;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>For each server as many policies as it says that select it: each allows one pod on another node at one port, TCP and UDP; the
/// last one in order also allows the client. So a layout that asks one policy after another has asked them all when it lets the client through,
/// and its cost is that of the number of policies.</summary>
internal static class PolicyGrid
{
    /// <summary>The port at which the client may reach the servers.</summary>
    public const ushort Port = 9000;

    /// <summary>The address of the peer of a policy.</summary>
    public static IPAddress PeerOf(int policy) =>
        IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"10.2.{policy / 250}.{(policy % 250) + 1}"));

    /// <summary>The port at which its peer is let through.</summary>
    public static ushort PortOf(int policy) => (ushort)(10000 + (policy % 1000));

    /// <summary>The policies of all servers as objects.</summary>
    public static IEnumerable<PolicySpec> Policies() =>
        from server in PacketServer.All
        from i in Enumerable.Range(0, server.Policies)
        select new PolicySpec
        {
            Key = PolicyKey.NetworkPolicy("bench", string.Create(CultureInfo.InvariantCulture, $"{server.Role}-{i:D4}")),
            Subject = Pods("role", server.Role),
            Ingress = new RuleSet(i == server.Policies - 1
                ? [Rule(Pods("peer", Text(i)), PortOf(i)), Rule(Pods("role", "client"), Port)]
                : [Rule(Pods("peer", Text(i)), PortOf(i))]),
            Egress = null,
        };

    /// <summary>The client, the servers, and the peers of the policies.</summary>
    public static IEnumerable<PodView> Pods() =>
        Enumerable.Range(0, PacketServer.All.Max(server => server.Policies))
            .Select(i => Pod($"peer-{i}", PeerOf(i), "elsewhere", "peer", Text(i)))
            .Append(Pod("client", PacketPath.ClientAddress, "bench", "role", "client"))
            .Concat(PacketServer.All.Select(server => Pod(server.Role, server.Address, "bench", "role", server.Role)));

    private static RuleSpec Rule(PodSelection peers, ushort port) => new(
        RuleVerdict.Allow, [new PeerSpec.Pods(peers)],
        [new PortSpec.Numbers(TransportProtocol.Tcp, port, port), new PortSpec.Numbers(TransportProtocol.Udp, port, port)],
        "spec.ingress[0]");

    private static PodSelection Pods(string label, string value) => new(
        new NamespaceScope.Named("bench"), LabelSelector.Of(new Requirement(label, SelectorOperator.In, [value])));

    private static PodView Pod(string name, IPAddress address, string node, string label, string value) => new()
    {
        Name = new NamespacedName("bench", name),
        NodeName = node,
        Labels = LabelSet.From(new Dictionary<string, string> { [label] = value }),
        Addresses = [Address.From(address)],
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
