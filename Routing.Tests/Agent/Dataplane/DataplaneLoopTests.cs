using Routing.Agent.Dataplane;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Tests.Fakes;

namespace Routing.Tests.Agent.Dataplane;

public sealed class DataplaneLoopTests : DataplaneLoopFixture
{
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
        Assert.That(Lookup.Calls, Is.Zero);

        await loop.RemoveAsync(WebAttachment.Key, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.That(OpenInterfaces(applier.Applied[^1]), Is.Empty);
    }

    [Test]
    public async Task A_commit_waits_for_the_inputs()
    {
        var applier = new FakeRulesetApplier();
        Lookup.Pods[Web] = Pod(Web);
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
        Lookup.Pods[Web] = Pod(Web);
        var commit = loop.CommitAsync(WebAttachment, CancellationToken.None);
        await AdvanceUntilAsync(commit, Options.PodWait);
        await commit;
        Assert.That(Lookup.Calls, Is.EqualTo(1));
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
        Lookup.Unreachable = unreachable;
        if (uid.Length > 0)
        {
            Lookup.Pods[Web] = Pod(Web) with { Uid = uid };
        }

        var commit = loop.CommitAsync(WebAttachment, CancellationToken.None);
        await AdvanceUntilAsync(commit, Options.CommitTimeout);
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
            Time.Advance(TimeSpan.FromMilliseconds(10));
            Assert.That(applier.Calls, Is.EqualTo(before));
        }

        await loop.OnChangeAsync(PolicyInputs.NetworkPolicies, false,
            policy => policy.UpsertPolicy(Isolate("p")), CancellationToken.None);
        await HandledAsync(loop);
        Time.Advance(TimeSpan.FromMilliseconds(10));
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
        Time.Advance(Options.CheckInterval);
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
        Lookup.Pods[Web] = Pod(Web);
        await Until.TrueAsync("the refusal shows in the status", () => loop.Status.LastError is not null);
        Assert.That(commit.IsCompleted, Is.False);
        await AdvanceUntilAsync(commit, TimeSpan.FromMilliseconds(50));
        await commit;
        Assert.That(loop.Status.LastError, Is.Null);
        Assert.That(loop.Status.Failures, Is.EqualTo(3));
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
            await StopAsync();
        }

        Assert.That(applied, Is.All.EqualTo(applied[0]));
    }

    private static string Describe(Ruleset ruleset) =>
        string.Join('\n', ruleset.Maps.Values.Select(map => $"{map.Name}: {string.Join(' ', map.Elements)}")
            .Concat(ruleset.Chains.Keys).Concat(ruleset.Sets.Select(set => $"{set.Key} {set.Value.Elements.Count}")));
}
