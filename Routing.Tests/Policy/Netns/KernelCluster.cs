using System.Net;
using System.Net.NetworkInformation;
using Routing.Agent.Attachments;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Netlink.Route;
using Routing.Policy.Model;
using Routing.Policy.Render;
using Routing.Policy.Rules;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>One node with pods, wired as the product wires them, and the world outside, each a network namespace. Built once;
/// cluster after cluster is put into its packet filter.
/// <code>
///   p0 ... pN ──rt-p0 ... rt-pN── node (rules; 172.16.0.1, fd00:ffff::1 on lo) ──eth0── outside (the external addresses)
/// </code></summary>
internal sealed class KernelCluster : IDisposable
{
    private readonly List<TestNamespace> _namespaces = [];
    private readonly Dictionary<Address, TestNamespace> _homes = [];
    private readonly Func<TestNamespace, IRulesetApplier> _open;
    private IRulesetApplier? _applier;

    /// <param name="pods">How many; the addresses are those that <see cref="RandomCluster"/> gives on its first node.</param>
    /// <param name="backend">What the rules are put there with.</param>
    public KernelCluster(int pods, FilterBackend backend = FilterBackend.Nftables)
        : this(pods, node => backend.Open(node))
    {
    }

    /// <param name="pods">Likewise.</param>
    /// <param name="open">Opens what the rules are put there with.</param>
    public KernelCluster(int pods, Func<TestNamespace, IRulesetApplier> open)
    {
        _open = open;
        try
        {
            Node = Make("node");
            Node.Inner.WriteSysctls([new("ipv4/ip_forward", "1"), new("ipv6/conf/all/forwarding", "1")]);
            for (var i = 0; i < pods; i++)
            {
                var addresses = RandomCluster.AddressesOf(i, 0);
                Wire(Make($"p{i}"), $"rt-p{i}", [.. addresses.Select(Address.Parse)]);
            }

            Wire(Make("outside"), SimulatedCluster.Uplink, RandomCluster.Externals);
            foreach (var address in new[] { "172.16.0.1", "fd00:ffff::1" })
            {
                Node.Ip("addr", "add", address, "dev", "lo");
                _homes.Add(Address.Parse(address), Node);
            }

            _applier = open(Node);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the rules are.</summary>
    public TestNamespace Node { get; }

    /// <summary>Puts rules there, as the agent does: the difference to those before.</summary>
    public void Apply(Ruleset ruleset) => _applier!.Apply(ruleset);

    /// <summary>The name of the back end.</summary>
    public string BackendName => _applier!.Name;

    /// <summary>Opens a look at the rules.</summary>
    public IKernelRules OpenRules() => _applier!.OpenRules();

    /// <summary>Another agent comes, which has to find out what the one before has left.</summary>
    public void Restart()
    {
        _applier!.Dispose();
        _applier = _open(Node);
    }

    /// <summary>Puts rules there as iptables' tools do; they replace what they put there before.</summary>
    public void ApplyIptables(Ruleset ruleset)
    {
        foreach (var (tool, family) in new[] { ("iptables-restore", IpFamily.V4), ("ip6tables-restore", IpFamily.V6) })
        {
            Tool.RunWithInput(
                "ip", IptablesRenderer.Render(ruleset, family), "netns", "exec", Node.Name, Requires.Tool(tool));
        }
    }

    /// <summary>Every address there is, with the namespace that has it.</summary>
    public IReadOnlyDictionary<Address, TestNamespace> Homes => _homes;

    /// <summary>Lets the namespace that has one address use another one's as well: the node knows nothing of it.</summary>
    public void Take(Address address, Address own)
    {
        var thief = _homes[own];
        thief.Ip("addr", "add", address.ToString(), "dev", "lo");
        Node.Inner.WriteSysctls([.. new[] { "all", $"rt-{thief.Name.Split('-')[^1]}" }
            .Select(name => KeyValuePair.Create($"ipv4/conf/{name}/rp_filter", "0"))]); // the kernel's own check aside
        _homes[address] = thief;
    }

    public void Dispose()
    {
        _applier?.Dispose();
        foreach (var one in _namespaces)
        {
            one.Dispose();
        }
    }

    private TestNamespace Make(string role)
    {
        var one = TestNamespace.Create(role);
        _namespaces.Add(one);
        return one;
    }

    private void Wire(TestNamespace far, string nearInterface, IReadOnlyList<Address> addresses)
    {
        var first = addresses.DistinctBy(address => address.Family).Select(address => address.ToIPAddress()).ToArray();
        var plan = new WiringPlan(new Attachment
        {
            Key = new AttachmentKey(nearInterface, "eth0"),
            Pod = new NamespacedName("test", nearInterface),
            PodUid = "",
            NetnsPath = far.Inner.Path,
            HostInterface = nearInterface,
            IPv4 = first[0],
            IPv6 = first[1],
            ContainerMac = new PhysicalAddress([2, 0, 0, 0, 0, (byte)_namespaces.Count]),
        });
        using var near = Node.OpenRouteNetlink();
        var link = near.CreateVeth(plan.Veth(far.Inner.Handle));
        Node.Inner.WriteSysctls([.. plan.HostSysctls()]);
        near.ApplyAll(plan.HostChanges(link.IfIndex));
        far.Inner.WriteSysctls([.. plan.PodSysctls()]);
        using (var inside = far.OpenRouteNetlink())
        {
            inside.ApplyAll(plan.PodChanges(link.PeerIfIndex!.Value));
            foreach (var address in addresses)
            {
                var alone = address.ToIPAddress();
                _homes.Add(address, far);
                if (!first.Contains(alone))
                {
                    var width = address.Family == IpFamily.V4 ? 32 : 128;
                    inside.EnsureAddress(new InterfaceAddress(link.PeerIfIndex!.Value, alone, width));
                    near.ReplaceNeighbour(new Neighbour(link.IfIndex, alone, plan.HostNeighbours(link.IfIndex).First().Mac));
                    near.ReplaceRoute(new RouteEntry(new IPNetwork(alone, width), [new RouteNextHop(null, link.IfIndex)]));
                }
            }
        }
    }
}
