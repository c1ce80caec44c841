using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Routing.Agent.Attachments;
using Routing.Agent.Namespaces;
using Routing.Agent.Netlink.Route;
using Routing.Policy.Model;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>A client and the servers, pods on the node that this process's namespace is, wired as the product wires them:
/// <code>
///   client 10.1.0.1 ──rtclient── node (rules) ──rtserver1───── server1 10.1.0.2
///                                             ──rtserver10──── server10 10.1.0.3 ...
/// </code></summary>
internal sealed class PacketPath : IDisposable
{
    public static readonly IPAddress ClientAddress = IPAddress.Parse("10.1.0.1");

    private readonly NetworkNamespace _node = NetworkNamespace.OpenCurrent();
    private readonly List<string> _names = [];
    private readonly NetworkNamespace _client;
    private readonly Dictionary<PacketServer, NetworkNamespace> _servers = [];

    public PacketPath()
    {
        _node.WriteSysctl("ipv4/ip_forward", "1");
        _client = Wire("client", ClientAddress, 1);
        foreach (var server in PacketServer.All)
        {
            _servers.Add(server, Wire(server.Role, server.Address, server.Number));
        }
    }

    /// <summary>The interface of a pod on the node.</summary>
    public static string InterfaceOf(string role) => $"rt{role}";

    /// <summary>A socket inside the client.</summary>
    public Socket OpenClient(SocketType type, ProtocolType protocol) =>
        _client.OpenSocket(AddressFamily.InterNetwork, type, protocol);

    /// <summary>A socket inside a server.</summary>
    public Socket OpenServer(PacketServer server, SocketType type, ProtocolType protocol) =>
        _servers[server].OpenSocket(AddressFamily.InterNetwork, type, protocol);

    /// <summary>Packets that reached a server's interface so far.</summary>
    public long Arrived(PacketServer server) => _servers[server].Run(() => long.Parse(
        File.ReadLines("/proc/thread-self/net/dev").Single(line => line.Contains("eth0:", StringComparison.Ordinal))
            .Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        System.Globalization.CultureInfo.InvariantCulture));

    public void Dispose()
    {
        _client.Dispose();
        foreach (var server in _servers.Values)
        {
            server.Dispose();
        }

        _node.Dispose();
        _names.ForEach(name => NetworkNamespace.Delete(name));
    }

    private NetworkNamespace Wire(string role, IPAddress address, byte number)
    {
        var name = $"bench{Environment.ProcessId}-{role}";
        var pod = NetworkNamespace.Create(name);
        _names.Add(name);
        var plan = new WiringPlan(new Attachment
        {
            Key = new AttachmentKey(role, "eth0"),
            Pod = new NamespacedName("bench", role),
            PodUid = "",
            NetnsPath = pod.Path,
            HostInterface = InterfaceOf(role),
            IPv4 = address,
            ContainerMac = new PhysicalAddress([2, 0, 0, 0, 0, number]),
        });
        using var near = RouteNetlink.Open(_node);
        var link = near.CreateVeth(plan.Veth(pod.Handle));
        _node.WriteSysctls([.. plan.HostSysctls()]);
        near.ApplyAll(plan.HostChanges(link.IfIndex));
        pod.WriteSysctls([.. plan.PodSysctls()]);
        using var inside = RouteNetlink.Open(pod);
        inside.ApplyAll(plan.PodChanges(link.PeerIfIndex!.Value));
        return pod;
    }
}
