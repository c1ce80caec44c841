using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Attachments;
using Routing.Agent.Dataplane;
using Routing.Agent.Metrics;
using Routing.Agent.Options;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Tests.Fakes;

namespace Routing.Tests.Agent.Dataplane;

public sealed class DataplaneLoopTests
{
    private static readonly NamespacedName Web = new("shop", "web");
    private static readonly Attachment WebAttachment = Attach("c1", Web, "10.0.0.1");

    private readonly DataplaneOptions _options = new() { CoalesceLeast = TimeSpan.FromMilliseconds(20) };
    private ManualTime _time = null!;
    private FakePodLookup _lookup = null!;
    private AgentMetrics _metrics = null!;
    private CancellationTokenSource _stop = null!;
    private Task _running = Task.CompletedTask;

    [SetUp]
    public void SetUp() => (_time, _lookup, _metrics, _stop) = (new(), new(), new(), new());

    [TearDown]
    public async Task TearDown()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
        _metrics.Dispose();
    }

    [Test]
    public async Task A_fresh_node_is_closed_before_anything_is_known()
    {
        var applier = new FakeRulesetApplier();
        Start(applier, WebAttachment);
        await Until.TrueAsync("the base ruleset", () => applier.Applied.Count == 1);
        Assert.That(OpenInterfaces(applier.Applied[0]), Is.Empty);
        Assert.That(applier.Applied[0].Chains, Is.Not.Empty);
    }

    [Test]
    public async Task An_earlier_agents_rules_stand_until_every_input_was_listed()
    {
        var applier = new FakeRulesetApplier(installed: true);
        var loop = Start(applier, WebAttachment);
        await ListPodsAsync(loop, Pod(Web));
        await ListAsync(loop, PolicyInputs.Namespaces, policy => policy.ReplaceNamespaces([NamespaceView.Bare("shop")]));
        foreach (var missing in PolicyInputs.All.Except([PolicyInputs.Pods, PolicyInputs.Namespaces]))
        {
            await SettleAsync(loop);
            Assert.That(applier.Calls, Is.Zero, $"{missing} is missing");
            await ListAsync(loop, missing, _ => { });
        }

        await SettleAsync(loop);
        Assert.That(applier.Applied, Has.Count.EqualTo(1));
        Assert.That(OpenInterfaces(applier.Applied[0]), Is.EqualTo(new[] { WebAttachment.HostInterface }),
            "the saved attachment is in the first transaction");
    }

    [Test]
    public async Task Pods_listed_before_policies_do_not_open_a_fresh_node_that_failed_to_close()
    {
        var applier = new FakeRulesetApplier();
        applier.FailNext(1);
        var loop = Start(applier, WebAttachment);
        await Until.TrueAsync("the refusal", () => applier.Calls == 1);
        await ListPodsAsync(loop, Pod(Web));
        await ListAsync(loop, PolicyInputs.Namespaces, policy => policy.ReplaceNamespaces([NamespaceView.Bare("shop")]));
        await SettleAsync(loop);
        Assert.That(applier.Applied.SelectMany(OpenInterfaces), Is.Empty);
        Assert.That(applier.Applied, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_commit_returns_after_its_interface_is_open_in_the_kernel()
    {
        var applier = new FakeRulesetApplier();
        var loop = Start(applier);
        await ListAllAsync(loop, Pod(Web));
        await SettleAsync(loop);

        await loop.CommitAsync(WebAttachment, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.That(OpenInterfaces(applier.Applied[^1]), Is.EqualTo(new[] { WebAttachment.HostInterface }),
            "at once: the clock has not moved since");
        Assert.That(_lookup.Calls, Is.Zero);

        await loop.RemoveAsync(WebAttachment.Key, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.That(OpenInterfaces(applier.Applied[^1]), Is.Empty);
    }

    [Test]
    public async Task A_commit_waits_for_the_inputs()
    {
        var applier = new FakeRulesetApplier();
        _lookup.Pods[Web] = Pod(Web);
        var loop = Start(applier);
        var commit = loop.CommitAsync(WebAttachment, CancellationToken.None);
        await SettleAsync(loop);
        Assert.That(commit.IsCompleted, Is.False);

        await ListAllAsync(loop, Pod(Web));
        await SettleAsync(loop);
        await commit.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Test]
    public async Task A_pod_the_watch_does_not_show_is_asked_for()
    {
        var applier = new FakeRulesetApplier();
        var loop = Start(applier);
        await ListAllAsync(loop);
        await SettleAsync(loop);
        _lookup.Pods[Web] = Pod(Web);
        var commit = loop.CommitAsync(WebAttachment, CancellationToken.None);
        await AdvanceUntilAsync(commit, _options.PodWait);
        await commit;
        Assert.That(_lookup.Calls, Is.EqualTo(1));
        Assert.That(OpenInterfaces(applier.Applied[^1]), Is.EqualTo(new[] { WebAttachment.HostInterface }));
    }

    [TestCase(false, "", "the API server knows no pod shop/web")]
    [TestCase(false, "other", "it was made anew")]
    [TestCase(true, "", "its pod is not known")]
    public async Task A_pod_that_cannot_be_known_stays_closed(bool unreachable, string uid, string message)
    {
        var applier = new FakeRulesetApplier();
        var loop = Start(applier);
        await ListAllAsync(loop);
        await SettleAsync(loop);
        _lookup.Unreachable = unreachable;
        if (uid.Length > 0)
        {
            _lookup.Pods[Web] = Pod(Web) with { Uid = uid };
        }

        var commit = loop.CommitAsync(WebAttachment, CancellationToken.None);
        await AdvanceUntilAsync(commit, _options.CommitTimeout);
        Assert.That(async () => await commit, Throws.TypeOf<PodUnknownException>().With.Message.Contains(message));
        Assert.That(applier.Applied.SelectMany(OpenInterfaces), Is.Empty);
    }

    [Test]
    public async Task Changes_are_coalesced_but_none_waits_longer_than_the_greatest_interval()
    {
        var applier = new FakeRulesetApplier();
        var loop = Start(applier, WebAttachment);
        await ListAllAsync(loop, Pod(Web));
        await SettleAsync(loop);
        var before = applier.Calls;

        // A change every 10 ms for 240 ms: never quiet for 20 ms, so only the greatest interval ends the waiting.
        for (var i = 0; i < 24; i++)
        {
            await loop.OnChangeAsync(PolicyInputs.NetworkPolicies, false,
                policy => policy.UpsertPolicy(Isolate("p")), CancellationToken.None);
            await loop.OnChangeAsync(PolicyInputs.NetworkPolicies, false,
                policy => policy.RemovePolicy(Isolate("p").Key), CancellationToken.None);
            await HandledAsync(loop);
            _time.Advance(TimeSpan.FromMilliseconds(10));
            Assert.That(applier.Calls, Is.EqualTo(before));
        }

        await loop.OnChangeAsync(PolicyInputs.NetworkPolicies, false,
            policy => policy.UpsertPolicy(Isolate("p")), CancellationToken.None);
        await HandledAsync(loop);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        await Until.TrueAsync("one transaction for 49 changes", () => applier.Calls == before + 1);
    }

    [Test]
    public async Task A_change_that_makes_no_difference_here_is_no_transaction()
    {
        var applier = new FakeRulesetApplier();
        var loop = Start(applier, WebAttachment);
        await ListAllAsync(loop, Pod(Web));
        await SettleAsync(loop);
        var before = applier.Calls;
        await ListAllAsync(loop, Pod(Web));
        await SettleAsync(loop);
        Assert.That(applier.Calls, Is.EqualTo(before));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Rules_that_somebody_else_flushes_come_back(bool known)
    {
        var applier = new FakeRulesetApplier();
        var loop = Start(applier, WebAttachment);
        if (known)
        {
            await ListAllAsync(loop, Pod(Web));
        }

        await SettleAsync(loop);
        var before = applier.Applied.Count;
        applier.Flush();
        _time.Advance(_options.CheckInterval);
        await HandledAsync(loop);
        Assert.That(applier.Applied, Has.Count.EqualTo(before + 1));
        Assert.That(OpenInterfaces(applier.Applied[^1]).Count(), Is.EqualTo(known ? 1 : 0));
    }

    [Test]
    public async Task What_the_kernel_refuses_is_tried_again_and_the_add_waits()
    {
        var applier = new FakeRulesetApplier();
        var loop = Start(applier);
        await ListAllAsync(loop, Pod(Web));
        await SettleAsync(loop);
        applier.FailNext(3);
        var commit = loop.CommitAsync(WebAttachment, CancellationToken.None);
        _lookup.Pods[Web] = Pod(Web);
        await Until.TrueAsync("the refusal shows in the status", () => loop.Status.LastError is not null);
        Assert.That(commit.IsCompleted, Is.False);
        await AdvanceUntilAsync(commit, TimeSpan.FromMilliseconds(50));
        await commit;
        Assert.That(loop.Status.LastError, Is.Null);
        Assert.That(loop.Status.Failures, Is.EqualTo(3));
    }

    [Test]
    public async Task Too_many_refusals_in_a_row_make_the_node_unready_and_what_stood_is_kept_standing([Values] bool isVerifier)
    {
        var verifier = new WrongCompiler();
        var (applier, policy) = (new FakeRulesetApplier(), Isolate("p"));
        var loop = Start(applier, isVerifier ? verifier : null, WebAttachment);
        await ListAllAsync(loop, Pod(Web));
        await SettleAsync(loop);
        var stood = applier.Applied[^1];
        applier.Refuses = ruleset => !isVerifier && ruleset.Chains.Values.Any(chain => chain.Comment.Contains("shop/p", StringComparison.Ordinal));
        verifier.IsWrong = true;
        await ListAsync(loop, PolicyInputs.NetworkPolicies, all => all.ReplacePolicies(PolicyKind.NetworkPolicy, [policy]));
        await Until.TrueAsync("the node says so", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            return isVerifier ? loop.Status.Disagreements > 2 : loop.Status.IsStuck;
        });
        Assert.That(applier.Applied[^1], Is.SameAs(stood));

        for (var again = 0; again < 3; again++)
        {
            var applied = applier.Applied.Count;
            applier.Flush(); // somebody deletes our table, and what shall replace it cannot come in
            await Until.TrueAsync("what stood is back", () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(250));
                return applier.Applied.Count > applied;
            });
            Assert.That(applier.Applied[^1], Is.SameAs(stood));
        }

        (applier.Refuses, verifier.IsWrong) = (_ => false, false);
        await Until.TrueAsync("the new rules come in", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            return !ReferenceEquals(applier.Applied[^1], stood) && loop.Status is { IsStuck: false, LastError: null };
        });
        Assert.That(_running.IsCompleted, Is.False);
    }

    [Test]
    public async Task A_first_ruleset_that_is_refused_leaves_the_node_closed_whoever_deletes_the_rules_meanwhile()
    {
        var applier = new FakeRulesetApplier { Refuses = ruleset => OpenInterfaces(ruleset).Any() };
        var loop = Start(applier, WebAttachment);
        await ListAllAsync(loop, Pod(Web));
        await Until.TrueAsync("the node says so", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            return loop.Status.IsStuck;
        });
        applier.Flush();
        await Until.TrueAsync("it is closed again", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            return applier.IsInstalled();
        });
        Assert.That(applier.Applied.SelectMany(OpenInterfaces), Is.Empty);
    }

    [Test]
    public async Task A_pod_can_be_detached_while_the_inputs_are_unknown()
    {
        var applier = new FakeRulesetApplier(installed: true);
        var loop = Start(applier, WebAttachment);
        await loop.RemoveAsync(WebAttachment.Key, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.That(applier.Calls, Is.Zero);
        await ListAllAsync(loop, Pod(Web));
        await SettleAsync(loop);
        Assert.That(OpenInterfaces(applier.Applied[^1]), Is.Empty);
    }

    [Test]
    public async Task The_order_of_the_inputs_does_not_matter()
    {
        var applied = new List<string>();
        foreach (var order in new int[][] { [0, 1, 2, 3], [3, 2, 1, 0], [1, 2, 3, 0], [0, 1, 2, 3, 3, 2, 1, 0] })
        {
            var applier = new FakeRulesetApplier(installed: true);
            var loop = Start(applier, WebAttachment);
            Func<Task>[] inputs =
            [
                () => ListPodsAsync(loop, Pod(Web)),
                () => ListAsync(loop, PolicyInputs.Namespaces, p => p.ReplaceNamespaces([NamespaceView.Bare("shop")])),
                () => ListAsync(loop, PolicyInputs.NetworkPolicies,
                    p => p.ReplacePolicies(PolicyKind.NetworkPolicy, [Isolate("p")])),
                () => ListOthersAsync(loop),
            ];
            foreach (var index in order)
            {
                await inputs[index]();
            }

            await SettleAsync(loop);
            applied.Add(Describe(applier.Applied[^1]));
            await _stop.CancelAsync();
            _stop = new CancellationTokenSource();
        }

        Assert.That(applied, Is.All.EqualTo(applied[0]));
    }

    [Test]
    public async Task A_ruleset_that_the_verifier_refuses_is_not_committed_and_the_old_one_stays()
    {
        var (applier, verifier) = (new FakeRulesetApplier(), new WrongCompiler());
        var loop = Start(applier, verifier, WebAttachment);
        await ListAllAsync(loop, Pod(Web));
        await SettleAsync(loop);
        var applied = applier.Applied.Count;
        Assert.That((applied, loop.Status.LastError), Is.EqualTo((applier.Calls, (string?)null)), "a good one goes through");

        verifier.IsWrong = true;
        await ListAsync(loop, PolicyInputs.NetworkPolicies, policy => policy.ReplacePolicies(PolicyKind.NetworkPolicy, [Isolate("p")]));
        await SettleAsync(loop);
        Assert.That(applier.Calls, Is.EqualTo(applied), "nothing came to the kernel");
        Assert.That(loop.Status.Disagreements, Is.GreaterThan(0));
        Assert.That(loop.Status.LastError, Does.StartWith("the verifier refused a ruleset, the old one stays: ").And.Contain("NetworkPolicy shop/p isolates the pod"));

        verifier.IsWrong = false;
        await Until.TrueAsync("the same change, looked at again", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return applier.Applied.Count > applied;
        });
        await HandledAsync(loop);
        Assert.That(loop.Status.LastError, Is.Null);
    }

    private static string Describe(Ruleset ruleset) =>
        string.Join('\n', ruleset.Maps.Values.Select(map => $"{map.Name}: {string.Join(' ', map.Elements)}")
            .Concat(ruleset.Chains.Keys).Concat(ruleset.Sets.Select(set => $"{set.Key} {set.Value.Elements.Count}")));

    private static IEnumerable<string> OpenInterfaces(Ruleset ruleset) =>
        ruleset.Maps.Values.SelectMany(map => map.Elements.Keys).Distinct();

    private static PodView Pod(NamespacedName name) => new() { Name = name, Uid = "uid-1", NodeName = "node-1" };

    private static PolicySpec Isolate(string name) => new()
    {
        Key = PolicyKey.NetworkPolicy("shop", name),
        Subject = new PodSelection(new NamespaceScope.Named("shop"), LabelSelector.Everything),
        Ingress = new RuleSet([]),
        Egress = null,
    };

    private static Attachment Attach(string container, NamespacedName pod, string address)
    {
        var key = new AttachmentKey(container, "eth0");
        return new Attachment
        {
            Key = key,
            Pod = pod,
            PodUid = "uid-1",
            NetnsPath = "/run/netns/x",
            HostInterface = key.HostInterface(),
            IPv4 = IPAddress.Parse(address),
        };
    }

    private DataplaneLoop Start(FakeRulesetApplier applier, params Attachment[] saved) => Start(applier, null, saved);

    private DataplaneLoop Start(FakeRulesetApplier applier, IRulesetVerifier? verifier, params Attachment[] saved)
    {
        var loop = new DataplaneLoop(new NodePolicy("node-1"), applier, _lookup, _options, _metrics, _time,
            NullLogger<DataplaneLoop>.Instance, verifier);
        loop.Restore(saved);
        var stop = _stop.Token;
        _running = Task.Run(() => loop.RunAsync(stop));
        return loop;
    }

    private static async Task ListAsync(DataplaneLoop loop, PolicyInput input, Action<NodePolicy> note) =>
        await loop.OnChangeAsync(input, isFullList: true, note, CancellationToken.None);

    private static Task ListPodsAsync(DataplaneLoop loop, params PodView[] pods) =>
        ListAsync(loop, PolicyInputs.Pods, policy => policy.ReplacePods(pods));

    private static async Task ListAllAsync(DataplaneLoop loop, params PodView[] pods)
    {
        await ListAsync(loop, PolicyInputs.Namespaces, policy => policy.ReplaceNamespaces([NamespaceView.Bare("shop")]));
        await ListPodsAsync(loop, pods);
        await ListAsync(loop, PolicyInputs.NetworkPolicies, policy =>
            policy.ReplacePolicies(PolicyKind.NetworkPolicy, []));
        await ListOthersAsync(loop);
    }

    /// <summary>What these tests have none of.</summary>
    private static async Task ListOthersAsync(DataplaneLoop loop)
    {
        PolicyInput[] used = [PolicyInputs.Pods, PolicyInputs.Namespaces, PolicyInputs.NetworkPolicies];
        foreach (var input in PolicyInputs.All.Except(used))
        {
            await ListAsync(loop, input, _ => { });
        }
    }

    /// <summary>Everything sent so far has been handled, and the loop has looked at its clock since.</summary>
    private static Task<int> HandledAsync(DataplaneLoop loop) => loop.ReadAsync(_ => 0, CancellationToken.None);

    /// <summary>Lets everything fall due.</summary>
    private async Task SettleAsync(DataplaneLoop loop)
    {
        await HandledAsync(loop);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await HandledAsync(loop);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await HandledAsync(loop);
    }

    private Task AdvanceUntilAsync(Task task, TimeSpan step) => Until.TrueAsync(
        "the task ends as time passes",
        () =>
        {
            _time.Advance(step);
            return task.IsCompleted;
        });
}
