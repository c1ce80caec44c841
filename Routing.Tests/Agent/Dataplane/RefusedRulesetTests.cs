using Routing.Agent.Attachments;
using Routing.Agent.Dataplane;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Tests.Fakes;
using Routing.Tests.Policy;

namespace Routing.Tests.Agent.Dataplane;

/// <summary>What becomes of pods while a ruleset cannot come in.</summary>
public sealed class RefusedRulesetTests : DataplaneLoopFixture
{
    private static readonly NamespacedName Db = new("shop", "db"), Api = new("shop", "api");
    private static readonly Attachment DbAttachment = Attach("c2", Db, "10.0.0.2"), ApiAttachment = Attach("c3", Api, "10.0.0.3");

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
        await UntilAsync("the node says so", () => isVerifier ? loop.Status.Disagreements > 2 : loop.Status.IsStuck);
        Assert.That(applier.Applied[^1], Is.SameAs(stood));

        for (var again = 0; again < 3; again++)
        {
            var applied = applier.Applied.Count;
            applier.Flush(); // somebody deletes our table, and what shall replace it cannot come in
            await UntilAsync("what stood is back", () => applier.Applied.Count > applied);
            Assert.That(applier.Applied[^1], Is.SameAs(stood));
        }

        (applier.Refuses, verifier.IsWrong) = (_ => false, false);
        await UntilAsync("the new rules come in", () => !ReferenceEquals(applier.Applied[^1], stood) && loop.Status is { IsStuck: false, LastError: null });
        Assert.That(Running.IsCompleted, Is.False);
    }

    [Test]
    public async Task A_first_ruleset_that_is_refused_leaves_the_node_closed_whoever_deletes_the_rules_meanwhile()
    {
        var applier = new FakeRulesetApplier { Refuses = ruleset => OpenInterfaces(ruleset).Any() };
        var loop = Start(applier, WebAttachment);
        await ListAllAsync(loop, Pod(Web));
        await UntilAsync("the node says so", () => loop.Status.IsStuck);
        applier.Flush();
        await UntilAsync("it is closed again", () => applier.IsInstalled());
        Assert.That(applier.Applied.SelectMany(OpenInterfaces), Is.Empty);
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
            Time.Advance(TimeSpan.FromSeconds(1));
            return applier.Applied.Count > applied;
        });
        await HandledAsync(loop);
        Assert.That(loop.Status.LastError, Is.Null);
    }

    public enum Hindrance
    {
        Kernel,
        Verifier,
        Outage,
    }

    [Test]
    public async Task Pods_are_detached_and_answers_of_DNS_go_on_whatever_keeps_rules_from_the_kernel([Values] Hindrance hindrance)
    {
        var (applier, verifier) = (new FakeRulesetApplier(), new WrongCompiler());
        var loop = Start(applier, verifier, WebAttachment, DbAttachment, ApiAttachment);
        await ListAllAsync(loop, Pod(Web), Pod(Db), Pod(Api));
        await SettleAsync(loop);
        var stood = applier.Applied[^1];
        switch (hindrance)
        {
            case Hindrance.Kernel:
                applier.Refuses = _ => true;
                break;
            case Hindrance.Verifier:
                verifier.IsWrong = true;
                await ListAsync(loop, PolicyInputs.NetworkPolicies, policy => policy.ReplacePolicies(PolicyKind.NetworkPolicy, [Isolate("p")]));
                break;
            default:
                await loop.OnGapAsync(PolicyInputs.Pods, isOver: false, CancellationToken.None);
                await loop.OnGapAsync(PolicyInputs.Namespaces, isOver: false, CancellationToken.None);
                await loop.OnGapAsync(PolicyInputs.Pods, isOver: true, CancellationToken.None);
                await ListPodsAsync(loop, Pod(Web), Pod(Db), Pod(Api));
                break;
        }

        await loop.RemoveAsync(WebAttachment.Key, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        await loop.RemoveAsync(DbAttachment.Key, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60)); // between two tries
        await loop.CommitNamesAsync(_ => { }, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.That(applier.Applied[^1], Is.SameAs(stood), "the clock has not moved since");

        (applier.Refuses, verifier.IsWrong) = (_ => false, false);
        await loop.OnGapAsync(PolicyInputs.Namespaces, isOver: true, CancellationToken.None);
        await UntilAsync("they are gone from the rules as well", () => OpenInterfaces(applier.Applied[^1]).Count() == 1);
    }

    [Test]
    public async Task What_is_left_of_a_pod_that_went_meanwhile_opens_nothing_to_the_next_one_with_its_address()
    {
        var applier = new FakeRulesetApplier();
        var loop = Start(applier, WebAttachment, DbAttachment);
        await ListAllAsync(loop, Pod(Web) with { Labels = LabelSet.Empty.With("app", "web") }, Pod(Db), Pod(Api));
        await ListAsync(loop, PolicyInputs.NetworkPolicies, policy => policy.ReplacePolicies(PolicyKind.NetworkPolicy,
            [Yaml.Policy("{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}", "from-web")]));
        await SettleAsync(loop);
        Assert.That(Passes(WebAttachment, DbAttachment), Is.True);

        applier.Refuses = ruleset => !ReferenceEquals(ruleset, applier.Applied[^1]);
        await loop.RemoveAsync(WebAttachment.Key, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        var next = Attach("c9", Api, "10.0.0.1");
        Lookup.Pods[Api] = Pod(Api);
        var added = loop.CommitAsync(next, CancellationToken.None);
        for (var tries = loop.Status.Failures + 3; loop.Status.Failures < tries;)
        {
            applier.Flush(); // and what stood is put back
            Time.Advance(TimeSpan.FromSeconds(1));
            await HandledAsync(loop);
            Assert.That((added.IsCompleted, Passes(next, DbAttachment), Passes(DbAttachment, next)), Is.EqualTo((false, false, false)));
        }

        applier.Refuses = _ => false;
        await AdvanceUntilAsync(added, TimeSpan.FromMilliseconds(50));
        await added;
        Assert.That((Passes(next, DbAttachment), Passes(WebAttachment, DbAttachment)), Is.EqualTo((false, false)), "its own rules, and the former pod's no more");

        bool Passes(Attachment from, Attachment to) => new RulesetSimulator(applier.Applied[^1]).Passes(new Packet(
            from.HostInterface, to.HostInterface, Address.From(from.IPv4!), Address.From(to.IPv4!), TransportProtocol.Tcp, 80));
    }

    [TestCase(true, false, true, true)]
    [TestCase(true, true, true, false, Description = "Somebody had deleted the rules before, and the earlier agent's were refused as well.")]
    [TestCase(true, false, false, false)]
    [TestCase(false, false, true, false)]
    public async Task Rules_are_an_earlier_agents_where_they_were_found_with_pods_and_until_somebody_deletes_them(
        bool areFound, bool areClosed, bool arePods, bool stand)
    {
        var applier = new FakeRulesetApplier(areFound) { IsClosed = areClosed, Refuses = ruleset => OpenInterfaces(ruleset).Any() };
        var loop = Start(applier, arePods ? [WebAttachment] : []);
        await ListAllAsync(loop, Pod(Web));
        await SettleAsync(loop);
        Assert.That((loop.Status.EarlierStand, loop.Status.GoesOnByEarlier), Is.EqualTo((stand, stand)));
        Assert.That(loop.Status.LastError is not null, Is.EqualTo(arePods), "it was refused");

        applier.Flush();
        await UntilAsync("there are none", () => !loop.Status.EarlierStand);
    }

    [Test]
    public async Task A_policy_that_cannot_be_done_as_it_says_is_told_of_once_and_keeps_no_other_change_from_the_kernel([Values] bool isDefect)
    {
        var applier = new FakeRulesetApplier();
        var loop = Start(applier, new SampleVerifier(), WebAttachment, DbAttachment, ApiAttachment);
        RuleSpec[] deep = [.. Enumerable.Range(1, 40).Select(port => new RuleSpec(
            RuleVerdict.Allow, [], [new PortSpec.Numbers(TransportProtocol.Tcp, (ushort)port, (ushort)port)], $"{port}")
            {
                SourcePorts = [new PortSpec.Numbers(TransportProtocol.Tcp, 1, ushort.MaxValue)],
            })];
        var odd = new RuleSpec(RuleVerdict.Allow, [], [new PortSpec.Named(TransportProtocol.Tcp, "http"), null!], "spec.ingress[0]");
        var policy = Isolate("p") with
        {
            Subject = new PodSelection(new NamespaceScope.Named("shop"), LabelSelector.Of(new Requirement("app", SelectorOperator.Exists, []))),
            Ingress = new RuleSet(isDefect ? [odd] : [.. deep]),
        };

        // Where the port means another number, it is another profile.
        await ListAllAsync(loop, WithPort(Web, 8080), WithPort(Db, 9090), Pod(Api));
        await ListAsync(loop, PolicyInputs.NetworkPolicies, policies => policies.ReplacePolicies(PolicyKind.NetworkPolicy, [policy]));
        await SettleAsync(loop);
        for (var change = 0; change < 3; change++)
        {
            var applied = applier.Applied.Count;
            await ListAsync(loop, PolicyInputs.NetworkPolicies, policies =>
                policies.ReplacePolicies(PolicyKind.NetworkPolicy, [policy, Yaml.Policy("{podSelector: {}, ingress: [{}]}", $"other-{change}")]));
            await SettleAsync(loop);
            Assert.That((applier.Applied.Count > applied, loop.Status.Disagreements, Running.IsCompleted), Is.EqualTo((true, 0, false)));
        }

        Assert.That(Log.Lines.Where(line => line.StartsWith("Packet filter: ingress by NetworkPolicy shop/p: ", StringComparison.Ordinal)), Has.Exactly(1).Items);
        var listed = (await loop.ReadAsync(policies => policies.Policies(), CancellationToken.None)).Single(one => one.Policy == policy.Key);
        Assert.That(listed.Faults.Items.Single(), Does.StartWith("ingress: ").And.EndWith(isDefect ? "whom it selects is closed" : "is denied"));

        static PodView WithPort(NamespacedName name, ushort port) => Pod(name) with
        {
            Labels = LabelSet.Empty.With("app", name.Name), NamedPorts = [new NamedPort("http", TransportProtocol.Tcp, port)],
        };
    }

    private Task UntilAsync(string what, Func<bool> condition) => Until.TrueAsync(what, () =>
    {
        Time.Advance(TimeSpan.FromMilliseconds(250));
        return condition();
    });
}
