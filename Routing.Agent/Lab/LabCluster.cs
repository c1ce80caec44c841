using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using k8s;
using Routing.Agent.Cli;
using Routing.Agent.Lab.Api;
using Routing.Agent.Lab.Cluster;
using Routing.Agent.Lab.Kubelet;
using Routing.Agent.Lab.Namespaces;
using Routing.Agent.Lab.Plan;
using Routing.Agent.Lab.Processes;
using Routing.Agent.Lab.Progress;
using Routing.Agent.Lab.State;
using Routing.Agent.Lab.Tor;
using Routing.Agent.Lab.Traffic;
using Routing.Agent.Manifests;

namespace Routing.Agent.Lab;

/// <summary>A cluster on one machine: its namespaces, API, ToR, agents, and the loops that play scheduler and kubelet.</summary>
/// <remarks>
/// <code>
/// host      routing lab ── lab API (127.0.0.1:PORT, in every node's namespace too), scheduler, kubelets, prober
/// node-N    routing agent (on the first a routing controller too)   uplink 172.30.N.2 ──┐
/// tor       routing bgp serve | bird | frr | gobgpd   node-N 172.30.N.1
/// NS.POD    servers (sockets of the lab's process)
/// </code>
/// What outlives the process is in the ledger and is removed by <see cref="LabTeardown"/>; this type owns what is inside it.
/// </remarks>
internal sealed class LabCluster : IAsyncDisposable
{
    private readonly LabPlan _plan;
    private readonly LabPaths _paths;
    private readonly LabLedger _ledger;
    private readonly TimeProvider _time;
    private readonly LabProgress _progress;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private readonly List<TrafficServer> _nodeServers = [];
    private readonly List<ProcessSupervisor> _agents = [];
    private readonly List<NodeKubelet> _kubelets = [];
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LabApiServer? _api;
    private Kubernetes? _client;
    private ClusterMirror? _mirror;

    private LabCluster(LabPlan plan, LabPaths paths, LabLedger ledger, LabProgress progress, TimeProvider time)
    {
        (_plan, _paths, _ledger, _progress, _time) = (plan, paths, ledger, progress, time);
        Namespaces = new LabNamespaces(ledger);
    }

    /// <summary>The namespaces.</summary>
    public LabNamespaces Namespaces { get; }

    /// <summary>As whom the lab itself talks to its API.</summary>
    public Kubernetes Client => _client!;

    /// <summary>What the API holds.</summary>
    public ClusterMirror Mirror => _mirror!;

    /// <summary>One a node.</summary>
    public IReadOnlyList<NodeKubelet> Kubelets => _kubelets;

    /// <summary>The wired pods of all nodes.</summary>
    public IEnumerable<PodSandbox> Sandboxes => _kubelets.SelectMany(kubelet => kubelet.Sandboxes.Values);

    /// <summary>How often each node's agent was started again.</summary>
    public ImmutableArray<int> AgentRestarts => [.. _agents.Select(agent => agent.Restarts)];

    /// <summary>Fails when a part of the lab that has to run does not any more; never completes otherwise.</summary>
    public Task Failure => _failure.Task;

    /// <summary>Brings a cluster up as far as everything runs; sessions, routes and pods then come by themselves.</summary>
    public static async Task<LabCluster> StartAsync(
        LabPlan plan, TorSetup tor, TorKind torKind, ImmutableArray<Manifest> manifests, LabPaths paths, LabLedger ledger,
        LabProgress progress, TimeProvider time, CancellationToken cancellationToken)
    {
        var cluster = new LabCluster(plan, paths, ledger, progress, time);
        try
        {
            await cluster.BuildAsync(tor, torKind, manifests, cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops what runs inside this process. Agents and ToR are stopped with the rest of the ledger.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        foreach (var server in _nodeServers.Concat(Sandboxes.Select(sandbox => sandbox.Servers).OfType<TrafficServer>()))
        {
            await server.DisposeAsync();
        }

        _client?.Dispose();
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        Namespaces.Dispose();
        _stop.Dispose();
    }

    private async Task BuildAsync(
        TorSetup tor, TorKind torKind, ImmutableArray<Manifest> manifests, CancellationToken cancellationToken)
    {
        const string underlay = "namespaces and links", api = "lab API", router = "ToR";
        _progress.Report(underlay, $"{_plan.Nodes.Length} nodes");
        Underlay.Build(_plan, Namespaces);
        foreach (var node in _plan.Nodes)
        {
            Directory.CreateDirectory(_paths.NodeFolder(node.Name));
            _nodeServers.Add(TrafficServer.Open(Namespaces[node.Name], node.Name, [.. node.Addresses], ProbePlan.NodePorts));
        }

        _progress.Finish(underlay, $"{string.Join(", ", _plan.Nodes.Select(node => node.Name))}, {LabPlan.TorName}");
        _progress.Report(router, $"{torKind} starts");
        var runner = new TorRunner(tor, Namespaces[LabPlan.TorName], _paths, _ledger, _time);
        var torStarted = runner.StartAsync(cancellationToken);

        _progress.Report(api, "starts");
        var server = await StartApiAsync(cancellationToken);
        var creator = new ObjectCreator(Client);
        foreach (var definition in PolicyDefinitions.OfCluster(manifests))
        {
            await creator.CreateAsync(definition, cancellationToken); // agents look for these once a minute
        }

        StartAgents();
        await creator.CreateAsync(LabManifests.Definitions, cancellationToken);
        foreach (var body in ClusterObjects.Create(_plan))
        {
            await creator.CreateAsync(body, cancellationToken);
        }

        await creator.CreateAsync(manifests, cancellationToken);
        _progress.Finish(api, $"{server}, {manifests.Length} objects from manifests");
        StartKubelets();

        await torStarted;
        Run(runner.WatchAsync);
        if (torKind == TorKind.Gobgp)
        {
            Run(GobgpTor.CreateFib(_paths.TorFolder, Namespaces[LabPlan.TorName], _time).RunAsync);
        }

        _progress.Finish(router, $"{torKind} listens");
        StartController(); // last: nothing waits for it
    }

    private async Task<Uri> StartApiAsync(CancellationToken cancellationToken)
    {
        var port = FindFreePort();
        _api = await LabApiServer.StartAsync(
            new LabApiOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, port),
                ListenHandles = [.. _plan.Nodes.Select(node => ListenInside(node.Name, port))],
                Time = _time,
            },
            cancellationToken: cancellationToken);
        _api.WriteKubeconfig(_paths.Kubeconfig);
        _client = new Kubernetes(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(new FileInfo(_paths.Kubeconfig)));
        return _client.BaseUri;
    }

    /// <summary>Starts before the API knows anything: agents wait for their Node, and starting takes them longest.</summary>
    private void StartAgents()
    {
        foreach (var node in _plan.Nodes)
        {
            Conflist.Write(_paths.Conflist(node.Name), _paths.CniSocket(node.Name));
            _agents.Add(Supervise(
                $"{node.Name} agent", node, _paths.AgentLog(node.Name),
                "agent", "--node", node.Name, "--kubeconfig", _paths.Kubeconfig, "--state-dir", _paths.NodeFolder(node.Name),
                "--backend", BackendOption.Name(_plan.Backend)));
        }
    }

    /// <summary>The cluster's one controller, on a node as a pod in the node's namespace would be.</summary>
    private void StartController() =>
        Supervise("controller", _plan.Nodes[0], _paths.ControllerLog, "controller", "--kubeconfig", _paths.Kubeconfig);

    private ProcessSupervisor Supervise(string name, NodePlan node, string log, params ImmutableArray<string> arguments)
    {
        var supervisor = new ProcessSupervisor(name, Namespaces[node.Name], arguments, log, _paths, _ledger, _time);
        Run(supervisor.RunAsync);
        return supervisor;
    }

    private void StartKubelets()
    {
        _mirror = new ClusterMirror(Client, _time);
        var shimFolder = LabProgram.ShimFolder();
        foreach (var node in _plan.Nodes)
        {
            var cni = new CniRuntime(_paths.Conflist(node.Name), shimFolder, _time);
            var kubelet = new NodeKubelet(node, Mirror, Namespaces, cni, new PodStatusWriter(node, Client, _time), _time);
            _kubelets.Add(kubelet);
            Run(kubelet.RunAsync);
        }

        Run(new PodScheduler([.. _plan.Nodes.Select(node => node.Name)], Mirror, Client).RunAsync);
        Run(Mirror.RunAsync);
    }

    /// <summary>Runs a loop of the lab until the lab stops; its failure is the lab's.</summary>
    private void Run(Func<CancellationToken, Task> loop) => _loops.Add(Task.Run(async () =>
    {
        try
        {
            await loop(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end.
        }
        catch (Exception error)
        {
            _failure.TrySetException(error);
        }
    }));

    private static int FindFreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>A socket stays in the namespace it was opened in, and the server takes it over by its number.</summary>
    private int ListenInside(string node, int port) => Namespaces[node].Run(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen(128);
        var descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        socket.SafeHandle.SetHandleAsInvalid(); // no longer ours to close
        return descriptor;
    });
}
