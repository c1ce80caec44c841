using System.Threading.Channels;
using k8s.Models;
using Routing.Agent.KubeApi;
using Routing.Agent.Metrics;
using Routing.Agent.Options;
using Routing.Agent.PolicyStatus;
using Routing.Policy.Translate.ClusterPolicies;
using Routing.Tests.Fakes;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.PolicyStatus;

/// <summary>The loop that keeps conditions true, on a clock that the tests move.</summary>
[TestFixture]
public sealed class StatusWriterTests
{
    private static readonly StatusOptions Options = new();

    private ManualTime _time = null!;
    private FakeStatusClient _client = null!;
    private Leadership _leadership = null!;
    private ControllerMetrics _metrics = null!;
    private Channel<ResourceEvent<ClusterNetworkPolicyResource>> _events = null!;
    private LogLines _log = null!;
    private CancellationTokenSource _stop = null!;
    private Task _running = null!;

    [SetUp]
    public void Start()
    {
        (_time, _client, _leadership, _stop) = (new ManualTime(), new FakeStatusClient(), new Leadership(), new CancellationTokenSource());
        _metrics = new ControllerMetrics(_leadership);
        _events = Channel.CreateUnbounded<ResourceEvent<ClusterNetworkPolicyResource>>();
        _log = new LogLines();
        var writer = new StatusWriter<ClusterNetworkPolicyResource>(
            ResourceSource.Of(typeof(ClusterNetworkPolicyResource)), _events, _client, _leadership, Options, _metrics, _time,
            _log);
        _leadership.Set(true);
        _running = writer.RunAsync(_stop.Token);
    }

    [TearDown]
    public async Task Stop()
    {
        await _stop.CancelAsync();
        Assert.That(async () => await _running, Throws.InstanceOf<OperationCanceledException>());
        _stop.Dispose();
        _metrics.Dispose();
        _log.Dispose();
    }

    [Test]
    public async Task A_policy_gets_its_condition_and_keeps_it()
    {
        var policy = Policy("a", generation: 3);
        Tell(policy);
        await WrittenAsync(1);

        Assert.That(_client.Written[0].Condition, Has.Property("Type").EqualTo("Accepted")
            .And.Property("Status").EqualTo("True").And.Property("Reason").EqualTo("Accepted")
            .And.Property("ObservedGeneration").EqualTo(3L)
            .And.Property("LastTransitionTime").EqualTo(_time.GetUtcNow().UtcDateTime));

        // Our own write comes back, then a restarted controller lists it: nothing is left to do.
        Tell(Showing(policy, _client.Written[0].Condition));
        _events.Writer.TryWrite(new ResourceEvent<ClusterNetworkPolicyResource>.Replaced(
            [Showing(policy, _client.Written[0].Condition)]));
        await IdleAsync();
        Assert.That(_client.Calls, Is.EqualTo(1));
    }

    [Test]
    public async Task What_cannot_be_read_is_told_by_field_unless_it_means_nothing()
    {
        var policy = new UnreadableObject<ClusterNetworkPolicyResource>(
            Policy("a", generation: 2), [new LostField("status.conditions", "7"), new LostField("spec.egress[1]", "\"x\"")]);
        _events.Writer.TryWrite(new ResourceEvent<ClusterNetworkPolicyResource>.Unreadable(policy));
        await WrittenAsync(1);
        Assert.That(_client.Written[0].Condition, Has.Property("Status").EqualTo("False").And.Property("ObservedGeneration").EqualTo(2L)
            .And.Property("Message").StartWith("spec.egress[1]: '\"x\"' is not allowed; what this version can read"));

        _time.Advance(TimeSpan.FromHours(1));
        var other = policy with { Rest = Policy("b", generation: 1), Lost = [new LostField("status.conditions", "7")] };
        _events.Writer.TryWrite(new ResourceEvent<ClusterNetworkPolicyResource>.Replaced([]) { UnreadableItems = [policy, other] });
        await WrittenAsync(2);
        Assert.That(_client.Written[1].Condition, Has.Property("Status").EqualTo("True"));
    }

    [Test]
    public async Task What_is_wrong_is_told_by_field_and_a_change_moves_the_generation()
    {
        var broken = Policy("a", generation: 1, priority: 5000);
        Tell(broken);
        await WrittenAsync(1);
        var first = _client.Written[0].Condition;
        Assert.That(first, Has.Property("Status").EqualTo("False").And.Property("Reason").EqualTo("Invalid"));
        Assert.That(first.Message, Does.StartWith("spec.priority: '5000' is not allowed; a number from 0 to 1000"));

        // Still wrong, otherwise: another message, and the status has not changed since.
        _time.Advance(TimeSpan.FromHours(1));
        Tell(Showing(Policy("a", generation: 2, priority: 6000), first));
        await WrittenAsync(2);
        Assert.That(_client.Written[1].Condition, Has.Property("ObservedGeneration").EqualTo(2L)
            .And.Property("LastTransitionTime").EqualTo(first.LastTransitionTime));

        _time.Advance(TimeSpan.FromHours(1));
        Tell(Showing(Policy("a", generation: 3), _client.Written[1].Condition));
        await WrittenAsync(3);
        Assert.That(_client.Written[2].Condition, Has.Property("Status").EqualTo("True")
            .And.Property("LastTransitionTime").EqualTo(_time.GetUtcNow().UtcDateTime));
    }

    [Test]
    public async Task A_message_stays_within_what_the_API_allows()
    {
        var policy = Policy("a", 1);
        policy.Spec!.Ingress = [.. Enumerable.Range(0, 5000).Select(_ => new ClusterPolicyRule { Action = new string('x', 10_000) })];
        Tell(policy);
        await WrittenAsync(1);
        Assert.That(_client.Written[0].Condition.Message, Has.Length.LessThan(32768).And.Contain(" more. What is wrong closes"));
    }

    [Test]
    public async Task Nobody_writes_but_the_leader_and_the_next_one_takes_over()
    {
        _leadership.Set(false);
        foreach (var generation in Enumerable.Range(1, 1000))
        {
            Tell(Policy("a", generation));
        }

        await IdleAsync();
        Assert.That(_client.Calls, Is.Zero);

        _leadership.Set(true);
        await WrittenAsync(1);
        await IdleAsync();
        Assert.That(_client.Written.Single().Condition.ObservedGeneration, Is.EqualTo(1000));
    }

    [Test]
    public async Task Writes_keep_their_distance()
    {
        _events.Writer.TryWrite(new ResourceEvent<ClusterNetworkPolicyResource>.Replaced(
            [Policy("a", 1), Policy("b", 1), Policy("c", 1)]));
        foreach (var count in new[] { 1, 2, 3 })
        {
            await WrittenAsync(count);
            await IdleAsync();
            Assert.That(_client.Calls, Is.EqualTo(count));
            _time.Advance(Options.Interval);
        }

        Assert.That(_client.Written.Select(one => one.Policy), Is.EqualTo(new[] { "a", "b", "c" }));
    }

    [Test]
    public async Task A_server_that_refuses_is_told_of_once_and_asked_ever_more_slowly()
    {
        _client.Refuse([.. Enumerable.Repeat(new ApiStatusException(403, "Forbidden", "may not patch"), 4)]);
        Tell(Policy("a", 1));
        var delay = Options.RetryLeast;
        foreach (var calls in new[] { 1, 2, 3, 4 })
        {
            await CalledAsync(calls);
            await IdleAsync();
            Assert.That(_client.Calls, Is.EqualTo(calls), "not before its time");
            _time.Advance(delay);
            delay *= 2;
        }

        await WrittenAsync(1);
        Assert.That(_log.Lines, Has.One.Contains("may not patch"));
    }

    [Test]
    public async Task One_that_has_changed_or_gone_holds_up_no_other()
    {
        _client.Refuse(
            new ApiStatusException(409, "Conflict", "modified"), new ApiStatusException(404, "NotFound", "gone"),
            new ApiStatusException(422, "Invalid", "no such status"));
        _events.Writer.TryWrite(new ResourceEvent<ClusterNetworkPolicyResource>.Replaced(
            [Policy("a", 1), Policy("b", 1), Policy("c", 1), Policy("d", 1)]));
        for (var calls = 1; calls <= 4; calls++)
        {
            await CalledAsync(calls);
            _time.Advance(Options.Interval);
        }

        Assert.That(_client.Written.Single().Policy, Is.EqualTo("d"));

        // The watch says what became of the first two: one is written at once, the other forgotten.
        Tell(Policy("a", 2));
        _events.Writer.TryWrite(new ResourceEvent<ClusterNetworkPolicyResource>.Deleted(Policy("b", 1)));
        await WrittenAsync(2);
        await IdleAsync();
        _time.Advance(Options.Patience);
        await WrittenAsync(3);
        await IdleAsync();
        Assert.That(_client.Written.Select(one => one.Policy), Is.EqualTo(new[] { "d", "a", "c" }));
        Assert.That(_log.Lines, Has.One.Contains("no such status"));
    }

    [Test]
    public async Task Somebody_who_undoes_it_is_not_raced()
    {
        Tell(Policy("a", 1));
        await WrittenAsync(1);
        for (var i = 0; i < 10; i++)
        {
            Tell(Policy("a", 1));
            await IdleAsync();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(_client.Calls, Is.EqualTo(1));
        _time.Advance(Options.Patience);
        await WrittenAsync(2);
    }

    [Test]
    public async Task One_that_is_being_deleted_is_left_alone()
    {
        var policy = Policy("a", 1);
        policy.Metadata.DeletionTimestamp = _time.GetUtcNow().UtcDateTime;
        Tell(policy);
        await IdleAsync();
        Assert.That(_client.Calls, Is.Zero);
    }

    private static ClusterNetworkPolicyResource Policy(string name, long generation, int priority = 1) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Uid = name, Generation = generation, ResourceVersion = "1" },
        Spec = new ClusterPolicySpec
        {
            Tier = "Admin",
            Priority = priority,
            Subject = new ClusterPolicyPeer { Namespaces = new ClusterPolicySelector() },
        },
    };

    private static ClusterNetworkPolicyResource Showing(ClusterNetworkPolicyResource policy, V1Condition condition)
    {
        policy.Status = new ClusterPolicyStatus { Conditions = [condition] };
        return policy;
    }

    private void Tell(ClusterNetworkPolicyResource policy) =>
        _events.Writer.TryWrite(new ResourceEvent<ClusterNetworkPolicyResource>.Upserted(policy));

    private Task WrittenAsync(int count) => Until.TrueAsync($"{count} are written", () => _client.Written.Count == count);

    private Task CalledAsync(int count) => Until.TrueAsync($"{count} are tried", () => _client.Calls == count);

    /// <summary>The loop has read everything: an event that it need not act on was taken.</summary>
    private async Task IdleAsync()
    {
        var marker = new ResourceEvent<ClusterNetworkPolicyResource>.Deleted(Policy("nobody", 1));
        foreach (var _ in Enumerable.Range(0, 2))
        {
            _events.Writer.TryWrite(marker);
            await Until.TrueAsync("the events are read", () => _events.Reader.Count == 0);
        }
    }
}
