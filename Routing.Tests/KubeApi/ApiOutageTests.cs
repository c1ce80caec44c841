using Routing.Agent.Dataplane;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.KubeApi;

/// <summary>All watches of an agent and its packet filter, and an API server that is away for an hour, in virtual time. The cluster
/// changes meanwhile so that no mixture of the old objects and the new ones would be right.</summary>
internal sealed class ApiOutageTests : VirtualAgent
{
    [Test]
    public async Task An_hour_without_the_api_server_opens_nothing_and_one_pass_makes_up_for_it([ValueSource(nameof(Outages))] Outage outage)
    {
        Before();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        await PassAsync(TimeSpan.FromSeconds(30));
        var (old, applied, asked) = (Passing(Applier.Applied[^1]), Applier.Applied.Count, Api.Requests.Values.Sum());

        Api.Be(_ => outage);
        Assert.That(await AddAsync("late"), Is.InstanceOf<PodUnknownException>().With.Message.Contains("shop/late"));
        After();
        await PassAsync(TimeSpan.FromHours(1));
        var during = Applier.Applied.Skip(applied).ToList();
        if (outage != Outage.EndsAtOnce) // its lists are the new state, and it may be learned
        {
            Assert.That(during.Select(Passing), Is.All.EqualTo(old), "what was known last");
        }

        var requests = Api.Requests.Values.Sum() - asked;
        TestContext.Out.WriteLine($"{outage}: {requests} requests of {Watches} watches, {during.Count} rulesets");
        Assert.That(requests, Is.InRange(Watches * 20, Watches * 300), "at most every 30 s or so, and not for ever later");
        Assert.That(Time.ArmedTimers, Is.LessThan((2 * Watches) + 5), "nothing piles up");

        Api.Be(_ => Outage.None);
        var now = Passing(Expected());
        await UntilAsync("it is as the cluster is", () => Passing(Applier.Applied[^1]).SequenceEqual(now));
        await PassAsync(TimeSpan.FromMinutes(2));
        AssertNothingElse(old, now);
        Assert.That(Applier.Applied, Has.Count.LessThanOrEqualTo(applied + during.Count + 1), "in one pass");
        Assert.That(await AddAsync("late"), Is.Null);
    }

    [TestCase(Policies)]
    [TestCase(Pods)]
    [TestCase(Namespaces)]
    [TestCase(Admin)]
    public async Task What_is_back_waits_for_what_is_not_but_not_for_ever(string slow)
    {
        Before();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        var old = Passing(Applier.Applied[^1]);
        Api.Be(_ => Outage.Refused);
        After();
        await PassAsync(TimeSpan.FromMinutes(10));

        // Refused once more it would come after another 30 s, and the others need not wait for that.
        Api.Be(path => path == slow ? Outage.Slow : Outage.None);
        var applied = Applier.Applied.Count;
        await UntilAsync("others are back", () => Loop.Status.Away.Length < 12);
        Assert.That(Applier.Applied, Has.Count.EqualTo(applied), "they wait");
        Assert.That(Loop.Status.Away.Select(input => $"{input}"), Does.Contain(slow.Split('/')[^1]).Or.Contain("clusternetworkpolicies.policy.networking.k8s.io"));
        Api.Be(_ => Outage.None, areWatchesKept: true);
        var now = Passing(Expected());
        await UntilAsync("it is as the cluster is", () => Passing(Applier.Applied[^1]).SequenceEqual(now));
        AssertNothingElse(old, now);

        // One kind that does not come back must not stop the others for ever.
        Api.Be(path => path == slow ? Outage.ServerError : Outage.None);
        await PassAsync(TimeSpan.FromMinutes(2));
        var pods = slow == Pods ? Policies : Pods;
        applied = Applier.Applied.Count;
        if (pods == Pods)
        {
            Api.Delete(Pods, "shop/db");
        }
        else
        {
            Api.Delete(Policies, "shop/db");
        }

        await UntilAsync("the others go on", () => Applier.Applied.Count > applied);
    }

    [TestCase(Policies)]
    [TestCase(Pods)]
    [TestCase(Namespaces)]
    [TestCase(Admin)]
    public async Task A_stream_that_breaks_is_waited_for_from_that_moment_on(string slow)
    {
        Before();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        var (old, applied) = (Passing(Applier.Applied[^1]), Applier.Applied.Count);
        Api.Bookmark(_ => true); // all have brought something
        await PassAsync(Step);

        Api.Be(_ => Outage.Slow);
        await UntilAsync("all are away", () => Loop.Status.Away.Length == PolicyInputs.All.Length);
        After();
        Api.Be(path => path == slow ? Outage.Slow : Outage.None, areWatchesKept: true);
        await UntilAsync("the others are back", () => Loop.Status.Away.Length == 1);
        Assert.That(Applier.Applied, Has.Count.EqualTo(applied), "they wait for it");

        Api.Be(_ => Outage.None, areWatchesKept: true);
        var now = Passing(Expected());
        await UntilAsync("it is as the cluster is", () => Passing(Applier.Applied[^1]).SequenceEqual(now));
        AssertNothingElse(old, now);
    }

    [TestCase(Policies)]
    [TestCase(Pods)]
    [TestCase(Namespaces)]
    [TestCase(Admin)]
    public async Task Streams_that_fell_silent_a_minute_apart_are_given_up_together(string first)
    {
        Before();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        var (old, applied) = (Passing(Applier.Applied[^1]), Applier.Applied.Count);
        Api.Bookmark(_ => true);
        await PassAsync(TimeSpan.FromSeconds(60));
        Api.Bookmark(path => path != first);
        await PassAsync(Step);

        Api.Be(_ => Outage.Silent);
        After();
        await PassAsync(TimeSpan.FromSeconds(80)); // of 150 after which a stream is given up
        Api.Be(_ => Outage.None);
        var now = Passing(Expected());
        await UntilAsync("it is as the cluster is", () => Passing(Applier.Applied[^1]).SequenceEqual(now));
        AssertNothingElse(old, now);
        Assert.That(Applier.Applied, Has.Count.EqualTo(applied + 1), "in one pass");
    }

    [Test]
    public async Task What_hangs_is_asked_for_again_when_others_are_answered(
        [Values(Policies, Pods, Namespaces, Admin)] string slow, [Values(Outage.Hangs, Outage.HangsInside)] Outage hangs)
    {
        Before();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        var (old, applied) = (Passing(Applier.Applied[^1]), Applier.Applied.Count);
        Api.Be(path => path == slow ? hangs : Outage.Refused);
        After();
        await PassAsync(TimeSpan.FromMinutes(3)); // the others ask every half a minute by now

        var asked = Api.Requests[slow];
        await UntilAsync("it is asked for", () => Api.Requests[slow] > asked);
        Api.Be(_ => Outage.None); // and what hangs goes on hanging
        var now = Passing(Expected());
        await UntilAsync("it is as the cluster is", () => Passing(Applier.Applied[^1]).SequenceEqual(now));
        AssertNothingElse(old, now);
        Assert.That(Applier.Applied, Has.Count.EqualTo(applied + 1), "in one pass");
    }

    [Test]
    public async Task A_pod_whose_namespace_is_not_known_stays_closed()
    {
        Before();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        Api.Be(path => path == Namespaces ? Outage.ServerError : Outage.None);
        await PassAsync(TimeSpan.FromMinutes(2));
        Api.Put(Namespaces, """{"metadata":{"name":"dev","labels":{"team":"dev"}}}""");
        Pod("late", "10.1.0.5", "late", "dev");

        Assert.That(await AddAsync("late", "dev"), Is.InstanceOf<PodUnknownException>().With.Message.Contains("does not tell of namespaces"));
        Assert.That(Passing(Applier.Applied[^1]).Where((passes, i) => passes && Packets[i].InputInterface == Interface("late")), Is.Empty);
        Api.Be(_ => Outage.None);
        await PassAsync(TimeSpan.FromMinutes(2));
        Assert.That(await AddAsync("late", "dev"), Is.Null);
    }

    [Test]
    public async Task An_agent_that_starts_while_it_is_away_leaves_what_stands_and_closes_what_does_not([Values] bool stands)
    {
        if (stands)
        {
            Applier.Apply(Expected());
        }

        Before();
        Api.Be(_ => Outage.Refused);
        Start("web", "db", "api");
        await PassAsync(TimeSpan.FromHours(1));
        Assert.That(Applier.Applied, Has.Count.EqualTo(1));
        Assert.That(Applier.Applied[0].Maps.Values.Any(map => map.Elements.Count > 0), Is.EqualTo(stands));
        Assert.That(await AddAsync("late"), Is.InstanceOf<PodUnknownException>().With.Message.Contains("not listed yet"));
        Applier.Flush();
        await PassAsync(TimeSpan.FromSeconds(10));
        Assert.That(Applier.Applied, Has.Count.EqualTo(2), "closed, for nobody knows what stood");
        Assert.That(Applier.Applied[1].Maps.Values.SelectMany(map => map.Elements), Is.Empty);
    }

    public static IEnumerable<Outage> Outages() => Enum.GetValues<Outage>().Where(outage => outage != Outage.None);

    /// <summary>Only web may ask db, and nobody of team dev anything.</summary>
    private void Before()
    {
        Api.Put(Nodes, """{"metadata":{"name":"n1"},"status":{"addresses":[{"type":"InternalIP","address":"172.16.0.1"}]}}""");
        Api.Put(Namespaces, """{"metadata":{"name":"shop","labels":{"team":"ops"}}}""");
        Pod("web", "10.1.0.2", "web");
        Pod("db", "10.1.0.3", "db");
        Pod("api", "10.1.0.4", "api");
        MayAsk("web");
        Api.Put(Admin, """
            {"metadata":{"name":"no-dev"},"spec":{"tier":"Admin","priority":1,"subject":{"namespaces":{"matchLabels":{"team":"dev"}}},
             "egress":[{"action":"Deny","to":[{"networks":["0.0.0.0/0"]}]}]}}
            """);
    }

    /// <summary>Only api may ask db, and what was called so is web now; web is gone, and "late" came.</summary>
    private void After()
    {
        MayAsk("api");
        Pod("api", "10.1.0.4", "web");
        Pod("late", "10.1.0.5", "api");
        Api.Delete(Pods, "shop/web");
        Api.Put(Namespaces, """{"metadata":{"name":"dev","labels":{"team":"dev"}}}""");
        Api.Put(Admin, """
            {"metadata":{"name":"no-dev"},"spec":{"tier":"Admin","priority":1,"subject":{"namespaces":{"matchLabels":{"team":"dev"}}},
             "egress":[{"action":"Deny","to":[{"networks":["10.0.0.0/8"]}]}]}}
            """);
    }

    /// <summary>What an agent makes of the cluster after it all that has just started.</summary>
    private static Ruleset Expected()
    {
        var policy = new NodePolicy("n1");
        policy.UpsertNode(new NodeView("n1", [Address.Parse("172.16.0.1")]));
        policy.UpsertNamespace(NamespaceView.Bare("shop"));
        foreach (var (name, app) in new[] { ("db", "db"), ("api", "web"), ("late", "api") })
        {
            policy.UpsertPod(new PodView
            {
                Name = new("shop", name), NodeName = "n1", Labels = LabelSet.Empty.With("app", app),
                Addresses = [Address.Parse(Local.Single(one => one.Pod == name).Address)],
            });
        }

        policy.UpsertPolicy(Tests.Policy.Yaml.Policy("{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]}", "db"));
        foreach (var pod in new[] { "db", "api" })
        {
            policy.SetEndpoint(new LocalEndpoint(Interface(pod), new("shop", pod), "", [Address.Parse(Local.Single(one => one.Pod == pod).Address)]));
        }

        return policy.Compile();
    }


}
