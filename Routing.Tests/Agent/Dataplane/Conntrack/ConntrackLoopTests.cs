using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Conntrack;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Tests.Fakes;
using Routing.Tests.Policy;

namespace Routing.Tests.Agent.Dataplane.Conntrack;

/// <summary>Which connections a change of the rules ends, over a node with the pods shop/web and shop/client.</summary>
public sealed class ConntrackLoopTests
{
    private const string Web = "10.0.0.1", Client = "10.0.0.2", Node = "172.16.0.1", World = "192.0.2.1";

    private static readonly ConntrackEntry ToWeb = Entry(Client, Web, 80);
    private static readonly ConntrackEntry FromWorld = Entry(World, Web, 80);
    private static readonly ConntrackEntry FromNode = Entry(Node, Web, 80);
    private static readonly ConntrackEntry ToWorld = Entry(Web, World, 443);
    private static readonly ConntrackEntry ThroughService = Entry(Client, "10.96.0.1", 80, Web, 8080);
    private static readonly ConntrackEntry PassingBy = Entry(World, "198.51.100.7", 80);

    private FakeConntrack _conntrack = null!;
    private ManualTime _time = null!;
    private AgentMetrics _metrics = null!;
    private CancellationTokenSource _stop = null!;
    private NodePolicy _policy = null!;
    private ConntrackLoop _loop = null!;
    private Task _running = Task.CompletedTask;

    [SetUp]
    public void SetUp()
    {
        (_conntrack, _time, _metrics, _stop, _policy) = (new(), new(), new(), new(), new NodePolicy("n1").Knowing("shop"));
        _policy.UpsertPod(Pod("web", Web));
        _policy.UpsertPod(Pod("client", Client));
        _policy.SetEndpoint(Endpoint("web", Web));
        _policy.SetEndpoint(Endpoint("client", Client));
        _loop = new ConntrackLoop(
            _conntrack, () => new FakeWays(Node), _metrics, _time, NullLogger<ConntrackLoop>.Instance);
        var stop = _stop.Token;
        _running = Task.Run(() => _loop.RunAsync(stop));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
        _metrics.Dispose();
        _conntrack.Dispose();
    }

    [Test]
    public async Task What_a_policy_forbids_ends_and_the_rest_goes_on()
    {
        _conntrack.Add(ToWeb, FromWorld, FromNode, ToWorld, ThroughService, PassingBy);
        await CommitAsync();
        Assert.That(_conntrack.Entries, Has.Count.EqualTo(6), "nothing is forbidden yet");

        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: web}}\ningress: [{ports: [{port: 8080}]}]"));
        await CommitAsync();
        Assert.That(_conntrack.Entries, Is.EqualTo(new[] { FromNode, ToWorld, ThroughService, PassingBy }));

        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress, Egress]"));
        await CommitAsync();
        Assert.That(_conntrack.Entries, Is.EqualTo(new[] { FromNode, PassingBy }));
    }

    [Test]
    public async Task A_peer_that_loses_its_label_loses_its_connections()
    {
        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: web}}\ningress: [{from: [{podSelector: {matchLabels: {app: client}}}]}]"));
        _conntrack.Add(ToWeb, ThroughService, ToWorld);
        await CommitAsync();
        Assert.That(_conntrack.Entries, Has.Count.EqualTo(3));
        _policy.UpsertPod(Pod("client", Client, "other"));
        await CommitAsync();
        Assert.That(_conntrack.Entries, Is.EqualTo(new[] { ToWorld }));
    }

    [Test]
    public async Task Pods_that_come_and_go_are_looked_at_alone()
    {
        _conntrack.Add(ToWeb, ToWorld, PassingBy, Entry(World, "10.0.0.3", 80));
        await CommitAsync();
        var before = _conntrack.Lists.Count;

        _policy.UpsertPod(Pod("new", "10.0.0.3"));
        _policy.SetEndpoint(Endpoint("new", "10.0.0.3"));
        await CommitAsync();
        _policy.RemoveEndpoint("rt-web");
        await CommitAsync();

        Assert.That(_conntrack.Lists.Skip(before), Is.EqualTo(new[] { "10.0.0.3", Web }));
        Assert.That(_conntrack.Entries, Is.EqualTo(new[] { PassingBy, Entry(World, "10.0.0.3", 80) }), "nobody's address has no connections");
    }

    [Test]
    public async Task A_name_that_stands_for_other_addresses_ends_no_connection_and_costs_no_look()
    {
        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: web}}\ningress: [{ports: [{port: 80}]}]"));
        await CommitAsync();
        _conntrack.Add(ToWeb);
        var lists = _conntrack.Lists.Count;
        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: web}}\ningress: [{ports: [{port: 8080}]}]"));
        var ruleset = _policy.Compile();
        _loop.OnCommitted(new CommittedRuleset(ruleset, IsOfNames: true)); // whatever the ruleset says
        Assert.That(_loop.Judged, Is.SameAs(ruleset));
        Assert.That(_conntrack.Lists, Has.Count.EqualTo(lists));

        // Something else changed with it: that is looked at, and so are names then.
        _policy.UpsertPod(Pod("client", Client, "other"));
        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: web}}\ningress: [{ports: [{port: 8081}]}]"));
        await CommitAsync();
        Assert.That(_conntrack.Entries, Is.Empty);
    }

    [Test]
    public async Task A_refusal_is_tried_again_with_all_that_changed_meanwhile()
    {
        await CommitAsync();
        _conntrack.Add(ToWeb, ToWorld);
        _conntrack.FailNext(3);
        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: web}}\ningress: []"));
        _loop.OnCommitted(new CommittedRuleset(_policy.Compile()));
        await Until.TrueAsync("the loop waits for its next try", () => _time.ArmedTimers > 0);
        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: client}}\ningress: []", "other"));
        await CommitAsync();
        Assert.That(_conntrack.Entries, Is.EqualTo(new[] { ToWorld }));
    }

    [Test]
    public async Task An_agent_that_is_killed_between_the_commit_and_the_removal_is_followed_by_one_that_removes()
    {
        await CommitAsync();
        _conntrack.Add(ToWeb, ToWorld);
        _conntrack.FailNext(int.MaxValue); // nothing is removed any more
        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: web}}\ningress: []"));
        _loop.OnCommitted(new CommittedRuleset(_policy.Compile()));
        await Until.TrueAsync("the loop waits for its next try", () => _time.ArmedTimers > 0);
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);

        _conntrack.FailNext(0);
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        _loop = new ConntrackLoop(
            _conntrack, () => new FakeWays(Node), _metrics, _time, NullLogger<ConntrackLoop>.Instance);
        var stop = _stop.Token;
        _running = Task.Run(() => _loop.RunAsync(stop));
        await CommitAsync(); // of rules that are in the kernel already
        Assert.That(_conntrack.Entries, Is.EqualTo(new[] { ToWorld }));
    }

    [Test]
    public async Task What_began_while_the_rules_were_gone_ends_with_their_repair()
    {
        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: web}}\ningress: []"));
        await CommitAsync();
        _conntrack.Add(ToWeb, ToWorld);
        await CommitAsync();
        Assert.That(_conntrack.Entries, Has.Count.EqualTo(2), "the same rules, and nobody had touched them");
        await CommitAsync(isRepair: true);
        Assert.That(_conntrack.Entries, Is.EqualTo(new[] { ToWorld }));
    }

    [Test]
    public async Task Other_zones_and_announced_connections_are_not_ours_to_judge()
    {
        var zone = ToWeb with { Zone = 7 };
        var data = ToWeb with { IsExpected = true };
        _conntrack.Add(zone, data);
        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: web}}\ningress: []"));
        await CommitAsync();
        Assert.That(_conntrack.Entries, Is.EqualTo(new[] { zone, data }));
    }

    [Test]
    public async Task Only_what_policies_of_pods_forbid_may_be_pardoned()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        _loop = new ConntrackLoop(
            _conntrack, () => new FakeWays(Node) { Routes = _ => ["eth0"] }, _metrics, _time, NullLogger<ConntrackLoop>.Instance, new Pardon());
        var stop = _stop.Token;
        _running = Task.Run(() => _loop.RunAsync(stop));
        var ofNode = Entry(Node, World, 443);
        _conntrack.Add(ToWeb, ToWorld, ofNode, Entry(Client, World, 443));
        await CommitAsync();
        Assert.That(_conntrack.Entries, Has.Count.EqualTo(4));

        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress, Egress]"));
        _policy.UpsertHostEndpoint(new HostEndpointView { Name = "closed", NodeName = "n1", InterfaceName = "eth0" });
        _policy.RemoveEndpoint("rt-client");
        await CommitAsync();
        Assert.That(_conntrack.Entries, Is.EqualTo(new[] { ToWorld }), "neither the host endpoint's nor those of an address that is nobody's now");
    }

    /// <summary>Puts the policy's rules in force and waits until connections were judged by them.</summary>
    private async Task CommitAsync(bool isRepair = false)
    {
        var ruleset = _policy.Compile();
        var lists = _conntrack.Lists.Count;
        _loop.OnCommitted(new CommittedRuleset(ruleset, isRepair));
        await Until.TrueAsync("connections are judged", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(50)); // ends pauses
            return ReferenceEquals(_loop.Judged, ruleset) && (!isRepair || _conntrack.Lists.Count > lists);
        });
    }

    private sealed class Pardon : IPardon
    {
        public Task<IReadOnlyList<ConntrackEntry>> WithoutPardonedAsync(
            IReadOnlyList<ConntrackEntry> forbidden, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ConntrackEntry>>([]);
    }

    private static PodView Pod(string name, string address, string? app = null) => new()
    {
        Name = new NamespacedName("shop", name),
        NodeName = "n1",
        Labels = LabelSet.Empty.With("app", app ?? name),
        Addresses = [Address.Parse(address)],
    };

    private static LocalEndpoint Endpoint(string pod, string address) =>
        new($"rt-{pod}", new NamespacedName("shop", pod), "", [Address.Parse(address)]);

    /// <summary>A connection of TCP; a last pair is where it ends after a translation.</summary>
    private static ConntrackEntry Entry(string from, string to, ushort port, string? end = null, ushort? endPort = null)
    {
        var (source, destination) = (Address.Parse(from), Address.Parse(to));
        return new ConntrackEntry(
            new ConntrackTuple(source, destination, 6, 40000, port),
            new ConntrackTuple(end is null ? destination : Address.Parse(end), source, 6, endPort ?? port, 40000),
            Id: 1, Zone: 0, IsExpected: false);
    }
}
