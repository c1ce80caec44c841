using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Attachments;
using Routing.Agent.Cni;
using Routing.Tests.Netns;

namespace Routing.Tests.Cni;

/// <summary>A node with a CNI server in this process: its namespace, its state folder, its socket.</summary>
internal sealed class CniNode : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly string _folder;
    private readonly CniServer _server;
    private readonly Task _running;

    private CniNode(TestNamespace node, string folder, TestNode state, PermissivePolicy policy)
    {
        (Namespace, _folder, State, Policy) = (node, folder, state, policy);
        Store = AttachmentStore.Open(Path.Combine(folder, "attachments"));
        Attachments = new AttachmentService(
            new AttachmentOptions(), Store, state, policy,
            new PodKernel($"/run/netns/{node.Name}"), TimeProvider.System, NullLogger<AttachmentService>.Instance);
        Attachments.Reconcile();
        _server = new CniServer(
            new CniServerOptions { SocketPath = Socket }, Attachments, state, TimeProvider.System,
            NullLogger<CniServer>.Instance);
        _server.Listen();
        _running = _server.RunAsync(_stop.Token);
    }

    public TestNamespace Namespace { get; }

    public TestNode State { get; }

    public PermissivePolicy Policy { get; }

    public AttachmentStore Store { get; }

    public AttachmentService Attachments { get; }

    public string Socket => Path.Combine(_folder, "cni.sock");

    /// <summary>Files of the attachments folder.</summary>
    public IEnumerable<string> Records =>
        Directory.EnumerateFiles(Path.Combine(_folder, "attachments")).Select(path => Path.GetFileName(path)!);

    public static CniNode Start(params string[] cidrs) => new(
        TestNamespace.Create("node"), Directory.CreateTempSubdirectory("cni").FullName, new TestNode(cidrs),
        new PermissivePolicy());

    /// <summary>Ends the server as a crash would leave things, and starts another on the same namespace and
    /// folder.</summary>
    public async Task<CniNode> RestartAsync()
    {
        await StopAsync();
        return new CniNode(Namespace, _folder, State, Policy);
    }

    /// <summary>A network configuration for this node.</summary>
    public string Config(string version = "1.1.0", string more = "") =>
        $$"""{"cniVersion": "{{version}}", "name": "pods", "type": "routing-cni", "socket": "{{Socket}}"{{more}}}""";

    /// <summary>Runs the shim for a pod.</summary>
    public Task<CniCall> CallAsync(string command, string container, string netns, string? config = null) =>
        CniCall.RunAsync(
            config ?? Config(), ("CNI_COMMAND", command), ("CNI_CONTAINERID", container), ("CNI_NETNS", netns),
            ("CNI_IFNAME", "eth0"), ("CNI_PATH", "/opt/cni/bin"),
            ("CNI_ARGS", $"IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME={container};K8S_POD_UID=u-{container}"));

    /// <summary>ADDs a pod.</summary>
    public Task<CniCall> AddAsync(string container, TestNamespace pod) => CallAsync("ADD", container, PathOf(pod));

    /// <summary>DELs a pod.</summary>
    public Task<CniCall> DelAsync(string container, TestNamespace pod) => CallAsync("DEL", container, PathOf(pod));

    /// <summary>Makes a finished record look like one whose ADD was not finished.</summary>
    public void MarkInterrupted(string hostInterface)
    {
        var path = Path.Combine(_folder, "attachments", hostInterface);
        File.Move($"{path}.json", $"{path}.wiring");
    }

    /// <summary>Deletes all records behind the agent's back.</summary>
    public void LoseRecords()
    {
        foreach (var record in Records.ToList())
        {
            File.Delete(Path.Combine(_folder, "attachments", record));
        }
    }

    public static string PathOf(TestNamespace pod) => $"/run/netns/{pod.Name}";

    /// <summary>Fails when anything of any pod is left.</summary>
    public void AssertNothingLeft()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Namespace.Ip("-o", "link"), Does.Not.Contain("rt"), "an interface is left");
            Assert.That(Namespace.Ip("route", "show", "proto", "115"), Is.Empty, "an IPv4 route is left");
            Assert.That(Namespace.Ip("-6", "route", "show", "proto", "115"), Is.Empty, "an IPv6 route is left");
            Assert.That(Records, Is.Empty, "a record is left");
            Assert.That(Store.Attachments, Is.Empty);
            Assert.That(Policy.Open, Is.Empty, "rules are left");
        });
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        Namespace.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StopAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync();
            await _running;
            _server.Dispose();
            Attachments.Dispose();
        }
    }
}
