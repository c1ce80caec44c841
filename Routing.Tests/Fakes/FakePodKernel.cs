using Microsoft.Win32.SafeHandles;
using Routing.Agent.Attachments;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Route;

namespace Routing.Tests.Fakes;

/// <summary>A node and its pods in memory: veth pairs span their namespaces, settings can be refused, and the whole can
/// die at any step, as an agent that is killed.</summary>
internal sealed class FakePodKernel : IPodKernel
{
    private readonly Dictionary<string, Namespace> _pods = [];
    private readonly Lock _lock = new();
    private int _steps;

    /// <summary>The node's namespace.</summary>
    public FakeRouteNetlink Host { get; } = new();

    /// <summary>Settings that were written, last value.</summary>
    public Dictionary<string, string> Settings { get; } = new() { ["ipv4/ip_forward"] = "1", ["ipv6/conf/all/forwarding"] = "1" };

    public bool HasIPv6 { get; set; } = true;

    /// <summary>The next setting that ends like this is refused, once.</summary>
    public string? FailSetting { get; set; }

    /// <summary>From this step on nothing works, until it is set to null again; steps count from 1.</summary>
    public int? DiesAt { get; set; }

    /// <summary>Steps done so far: each call of netlink, each setting.</summary>
    public int Steps => _steps;

    /// <summary>Makes a pod's namespace.</summary>
    public FakeRouteNetlink AddPod(string path)
    {
        var pod = new Namespace(this, new FakeRouteNetlink(), new SafeFileHandle(_pods.Count + 1000, ownsHandle: false));
        _pods.Add(path, pod);
        return pod.Netlink;
    }

    public IKernelNamespace OpenHost() => new Namespace(this, Host, new SafeFileHandle(999, ownsHandle: false));

    public IKernelNamespace OpenPod(string netnsPath) => _pods.TryGetValue(netnsPath, out var pod) ? pod
        : throw new InvalidNamespaceException($"{netnsPath} is gone");

    private void Step(string what)
    {
        if (Interlocked.Increment(ref _steps) >= DiesAt)
        {
            throw new NetlinkException(what, "after the agent was killed", 5);
        }
    }

    private sealed class Namespace(FakePodKernel kernel, FakeRouteNetlink netlink, SafeFileHandle handle)
        : IKernelNamespace, ISysctls, IRouteNetlink
    {
        public FakeRouteNetlink Netlink => netlink;

        public SafeFileHandle Handle => handle;

        public T Run<T>(Func<IRouteNetlink, ISysctls, T> work) => work(this, this);

        public void Dispose()
        {
        }

        public string? Read(string key) => kernel.Settings.GetValueOrDefault(key);

        public void Write(string key, string value)
        {
            kernel.Step(key);
            if (kernel.FailSetting is { } failing && key.EndsWith(failing, StringComparison.Ordinal))
            {
                kernel.FailSetting = null;
                throw new NetlinkException("write sysctl", key, 13);
            }

            lock (kernel._lock)
            {
                kernel.Settings[key] = value;
            }
        }

        public Link CreateVeth(VethSpec spec)
        {
            kernel.Step("create veth");
            var pod = kernel._pods.Values.Single(each => each.Handle == spec.PeerNamespace).Netlink;
            if (pod.FindLink(spec.PeerName) is not null)
            {
                throw new NetlinkException("create veth", spec.Name, 17);
            }

            var near = netlink.CreateVeth(spec);
            var far = pod.AddLink(spec.PeerName, "veth", up: false, spec.PeerMac, spec.Mtu ?? 1500, near.IfIndex);
            return near with { PeerIfIndex = far.IfIndex };
        }

        public IReadOnlyList<RouteOutcome> Apply(IReadOnlyList<RouteChange> changes)
        {
            var outcomes = new List<RouteOutcome>();
            foreach (var change in changes)
            {
                kernel.Step(change.Operation);
                var index = change is RouteChange.RemoveLink remove ? netlink.FindLink(remove.Name)?.IfIndex : null;
                outcomes.Add(netlink.Apply([change])[0]);
                if (index is not null && outcomes[^1].Changed)
                {
                    kernel.RemovePeerOf(index.Value);
                }
            }

            return outcomes;
        }

        public IReadOnlyList<Link> ListLinks() => netlink.ListLinks();

        public Link? FindLink(string name) => netlink.FindLink(name);

        public IReadOnlyList<InterfaceAddress> ListAddresses(int? ifIndex = null) => netlink.ListAddresses(ifIndex);

        public IReadOnlyList<RouteEntry> ListRoutes(RouteFilter filter) => netlink.ListRoutes(filter);

        public IReadOnlyList<Neighbour> ListNeighbours(int? ifIndex = null) => netlink.ListNeighbours(ifIndex);

        public IReadOnlyList<RoutingRule> ListRules() => netlink.ListRules();
    }

    private void RemovePeerOf(int hostIndex)
    {
        foreach (var pod in _pods.Values)
        {
            foreach (var link in pod.Netlink.ListLinks().Where(link => link.Kind == "veth" && link.PeerIfIndex == hostIndex))
            {
                pod.Netlink.RemoveForeignLink(link.Name);
            }
        }
    }
}
