using Routing.Agent.Attachments;
using Routing.Agent.Cli;
using Routing.Agent.Cluster;
using Routing.Agent.Cni;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Conntrack;
using Routing.Agent.Dataplane.Ways;
using Routing.Agent.Dataplane.Counts;
using Routing.Agent.Dataplane.Fib;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Dataplane.Nftables;
using Routing.Agent.Domains;
using Routing.Agent.Flows;
using Routing.Agent.Grpc;
using Routing.Agent.Health;
using Routing.Agent.KubeApi;
using Routing.Agent.Logging;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Netfilter;
using Routing.Agent.Netlink.Route;
using Routing.Agent.Options;
using Routing.Agent.Speaker;
using Routing.Policy.Controller;
using Serilog.Events;

namespace Routing.Agent.Roles;

/// <summary>`routing agent`: makes the parts, joins them, runs them, stops them. Nothing else knows all of
/// them.</summary>
/// <remarks>
/// <code>
/// watches: nodes, BGP kinds ──► ClusterDirectory ──► SpeakerHost ──best paths──► FibLoop ──► rtnetlink
///                                     └──► NodeState (pod CIDRs) ──► CniServer ► AttachmentService ──► rtnetlink, files
/// watches: pods, namespaces, policies ──► DataplaneLoop ◄──CommitAsync──┘      DataplaneLoop ──► nf_tables
///                                               ├──── who? ──── FlowLoop ◄── NFLOG ──────────────────┤
///                                               └◄─── names ─── DomainLoop ◄── NFQUEUE ──────────────┘
/// </code>
/// Loops start from the kernel outwards and stop the other way round, so that nothing hands work to a loop that has
/// ended: first no more ADDs, then no more events, then BGP leaves its neighbours, last the loops that write to the
/// kernel. Rules, routes, interfaces and records stay as they are: a restart is a non-event (DESIGN.md §1).
/// </remarks>
internal sealed partial class AgentRole
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PodLookupTimeout = TimeSpan.FromSeconds(5);

    private readonly AgentOptions _options;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly AgentLog _log;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;

    private AgentRole(AgentOptions options, AgentLog log)
    {
        (_options, _log, _loggers) = (options, log, log.Factory);
        _logger = _loggers.CreateLogger<AgentRole>();
    }

    /// <summary>Runs until cancelled.</summary>
    /// <param name="options">Already validated.</param>
    /// <param name="cancellationToken">Asks the agent to stop.</param>
    /// <returns>The exit code: 0 when asked to stop, 1 when a part died.</returns>
    /// <exception cref="UserErrorException">Something the operator can mend keeps it from starting.</exception>
    public static async Task<int> RunAsync(AgentOptions options, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new UserErrorException(
                "routing agent changes interfaces, routes and packet filters of this host: run it as root");
        }

        using var stateLock = StateLock.Take(options.LockFile);
        using var log = new AgentLog(Enum.Parse<LogEventLevel>(options.LogLevel, ignoreCase: true));
        try
        {
            return await new AgentRole(options, log).RunAsync(cancellationToken);
        }
        catch (Exception e) when (e is NetlinkException or ProgramException)
        {
            throw new UserErrorException($"the kernel refused what an agent needs: {e.Message}");
        }
        catch (IOException e)
        {
            throw new UserErrorException($"cannot start with state directory {options.StateDirectory}: {e.Message}");
        }
    }

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var client = KubeClientFactory.Create(_options.Kubeconfig);
        using var metrics = new AgentMetrics();
        LogStarting(_options.NodeName, AgentStatusSource.Version, client.BaseUri.ToString());

        // The kernel's side. The monitor is open before anything is read, so that no change falls between.
        using var monitor = RouteMonitor.Open(RouteGroups.Links | RouteGroups.Addresses | RouteGroups.Routes);
        using var routes = RouteNetlink.Open();
        using var interiorRoutes = RouteNetlink.Open();
        using var applier = new BackendChoice(new ProgramRunner(null), new NftProbe(), _time, _loggers).Open(_options.Backend);
        var attachments = AttachmentStore.Open(_options.AttachmentsDirectory);
        var fib = new FibLoop(routes, new DirectNextHopResolver(), _options.Fib, metrics, _time,
            _loggers.CreateLogger<FibLoop>());
        var interior = new InteriorRouteFeed(interiorRoutes, _time, _loggers.CreateLogger<InteriorRouteFeed>());
        var countingRefusal = _options.CountRules ? applier.CountingRefusal() : "it was not started with --count-rules";
        var counting = applier.Name;
        if (_options.CountRules && countingRefusal is not null)
        {
            LogNotCounting(countingRefusal);
        }

        var policy = new NodePolicy(
            _options.NodeName, _options.Reports with { CountsRules = countingRefusal is null }, _options.Failsafes, _options.Dns);
        var dataplane = new DataplaneLoop(
            policy, applier,
            new PodLookup(client, PodLookupTimeout, _time),
            _options.Dataplane, metrics, _time, _loggers.CreateLogger<DataplaneLoop>(),
            _options.Verifier == "sample" ? new SampleVerifier() : null);
        var domains = new DomainLoop(
            dataplane, new NameFile(_options.NamesFile), _time, _loggers.CreateLogger<DomainLoop>());
        using var ruleCounts = countingRefusal is null ? CountRules(policy, applier, dataplane) : null;
        var ruleMetrics = ruleCounts is null ? null : new RuleCountMetrics(ruleCounts);
        using var conntrack = ConntrackNetlink.Open();
        var connections = new ConntrackLoop(
            conntrack, OpenWays, metrics, _time, _loggers.CreateLogger<ConntrackLoop>(),
            new LapsedNames(() => domains.Lapsed, (wanted, stop) => dataplane.ReadAsync(policy => policy.SliceOf(wanted), stop)));
        dataplane.Committed += connections.OnCommitted;
        using var interfaces = RouteNetlink.Open();
        var hosts = new HostInterfaceFeed(interfaces, dataplane, _time, _loggers.CreateLogger<HostInterfaceFeed>());
        var flows = new FlowLoop(
            () => PacketLog.Open(_options.Reports.Group, _options.Reports.SnapLength),
            (wanted, stop) => dataplane.ReadAsync(policy => policy.SliceOf(wanted), stop),
            _options.FlowLimits, new FlowMetrics(metrics), _time, _loggers.CreateLogger<FlowLoop>());

        // The cluster's side.
        var cluster = new ClusterDirectory();
        var node = new NodeState(_options.NodeName, cluster, () => dataplane.Status);
        var speaker = new SpeakerHost(_options.NodeName, fib, interior, _time, _loggers);
        cluster.Listen(speaker.OnCluster);
        cluster.Listen(new NodeWatcher(_options.NodeName, fib, _loggers.CreateLogger<NodeWatcher>()).OnCluster);

        var watches = new ClusterWatches(
            client, new ClusterFeed(cluster), new PolicyFeed(dataplane, _loggers.CreateLogger<PolicyFeed>()),
            _options.SecretsNamespace, _loggers, _time);

        // Pods.
        using var service = new AttachmentService(
            new AttachmentOptions(), attachments, node, dataplane, new PodKernel(),
            _time, _loggers.CreateLogger<AttachmentService>());
        using var cni = new CniServer(
            new CniServerOptions { SocketPath = _options.CniSocket }, service, node, _time,
            _loggers.CreateLogger<CniServer>());

        // What the operator has to mend shows before anything is changed: sockets and ports come first.
        await using var supervisor = new Supervisor(StopTimeout, _time, _loggers.CreateLogger<Supervisor>());
        var speakerSource = new AgentSpeakerSource(speaker);
        var sample = new BgpSample(speakerSource);
        using var bgpMetrics = new BgpMetrics(sample);
        await using var server = await StartServerAsync(
            new AgentStatusSource(
                _options.NodeName, new Readiness(node), watches.Resources, cluster, attachments, dataplane, domains, fib,
                speaker, _time),
            new Readiness(node), dataplane, attachments, domains, flows,
            new LiveExplainer(
                dataplane, () => applier.Name, applier.OpenRules, OpenWays,
                _options.Dataplane.CoalesceGreatest, _time),
            speakerSource,
            new RuleCountSource(
                ruleCounts, () => countingRefusal ?? (applier.Name == counting ? null : applier.CountingRefusal())),
            stop => Task.WhenAll(sample.RefreshAsync(stop), ruleMetrics?.RefreshAsync(stop) ?? Task.CompletedTask),
            cancellationToken);
        cni.Listen();
        service.Reconcile();
        dataplane.Restore(attachments.Attachments);
        hosts.Restore();
        dataplane.Restore(domains.Restore());
        var counters = new RuleCounters(applier.OpenRules);
        metrics.AddCounter(
            "policy_packets", "Packets that began a connection, by what the rules of the packet filter said.", counters.Read);
        if (ruleMetrics is not null)
        {
            metrics.AddCounter(
                "policy_rule_packets", "Packets that began a connection, by the rule of a policy that decided.", ruleMetrics.Read);
        }

        AgentGauges.Add(metrics, attachments, dataplane, flows, domains, fib, speaker, watches.Resources);
        supervisor.Start("packet filter", dataplane.RunAsync);
        supervisor.Start("domain names", stop => domains.RunAsync(
            [
                new AnswerSource(() => true, () => PacketQueue.Open(_options.Dns.Queue)),
                new AnswerSource(() => !applier.HoldsPackets, () => PacketCopies.Open(_options.Dns.Queue)) { AreCopies = true },
            ],
            stop));
        supervisor.Start("connections", connections.RunAsync);
        if (_options.Reports.Denied)
        {
            supervisor.Start("flows", flows.RunAsync);
        }
        else
        {
            flows.TurnOff();
        }

        supervisor.Start("routes", fib.RunAsync);
        supervisor.Start("interior routes", interior.RunAsync);
        supervisor.Start("host interfaces", hosts.RunAsync);
        supervisor.Start("kernel monitor", stop => KernelEvents.PumpAsync(monitor.Events, fib, interior, hosts, stop));
        supervisor.Start("BGP", speaker.RunAsync);
        foreach (var loop in watches.Loops)
        {
            supervisor.Start(loop.Name, loop.Run);
        }

        supervisor.Start("CNI", cni.RunAsync);

        var asked = await supervisor.WaitAsync(cancellationToken);
        LogStopping(asked ? "asked to" : "a part died");
        return asked ? ExitCode.Success : ExitCode.Failed;
    }

    private static KernelWays OpenWays() => KernelWays.Read(RouteNetlink.Open());

    private RuleCountReader CountRules(NodePolicy policy, IRulesetApplier applier, DataplaneLoop dataplane)
    {
        var totals = RuleTotals.Of(policy, applier.OpenRules());
        dataplane.Committed += committed => totals.OnCommitted(committed.Ruleset);
        return new RuleCountReader(dataplane, totals, _time);
    }

    private Task<ControlServer> StartServerAsync(
        AgentStatusSource status, Readiness readiness, DataplaneLoop dataplane, AttachmentStore attachments,
        DomainLoop domains, FlowLoop flows, LiveExplainer live, ISpeakerSource speaker, RuleCountSource counts,
        Func<CancellationToken, Task> beforeMetrics, CancellationToken cancellationToken) => ControlServer.StartAsync(
        _options.AgentSocket, _options.MetricsEndpoint, _loggers,
        services => services.AddSingleton(_time).AddSingleton(status).AddSingleton(dataplane).AddSingleton(attachments).AddSingleton(domains)
            .AddSingleton(flows).AddSingleton(live).AddSingleton(counts).AddSingleton(_log).AddSingleton(speaker),
        application =>
        {
            application.MapGrpcService<AgentGrpcService>();
            application.MapGrpcService<BgpGrpcService>();
            HealthPages.Map(application, readiness);
            MetricsPage.Map(application, beforeMetrics);
        },
        cancellationToken);

    [LoggerMessage(LogLevel.Information, "Agent of node {Node}, version {Version}, API server {Server}")]
    private partial void LogStarting(string node, string version, string server);

    [LoggerMessage(LogLevel.Warning, "Packets are not counted by rule: {Reason}")]
    private partial void LogNotCounting(string reason);

    [LoggerMessage(LogLevel.Information, "Stopping: {Reason}. Rules, routes and pods stay as they are")]
    private partial void LogStopping(string reason);
}
