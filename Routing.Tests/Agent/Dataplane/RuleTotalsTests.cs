using Routing.Agent.Dataplane.Counts;
using Routing.Policy.Compile;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Tests.Fakes;
using Routing.Tests.Policy;

namespace Routing.Tests.Agent.Dataplane;

/// <summary>Whom packets are counted for when something goes wrong between the policies and the kernel.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RuleTotalsTests : IDisposable
{
    private static readonly Address Web = Address.Parse("10.1.0.2"), Api = Address.Parse("10.1.0.3");

    private readonly NodePolicy _policy = new NodePolicy("n1", new ReportOptions { CountsRules = true }).Knowing("shop");
    private readonly FakeCounters _kernel = new();
    private readonly RuleTotals _totals;

    public RuleTotalsTests()
    {
        foreach (var (name, address) in new[] { ("db", Address.Parse("10.1.0.1")), ("web", Web), ("api", Api) })
        {
            _policy.UpsertPod(new PodView { Name = new("shop", name), Labels = LabelSet.Empty.With("app", name), Addresses = [address] });
        }

        _policy.SetEndpoint(new LocalEndpoint("rt-db", new("shop", "db"), "", [Address.Parse("10.1.0.1")]));
        _policy.UpsertPolicy(Allow("web"));
        _totals = RuleTotals.Of(_policy, _kernel.OpenLook());
        Commit();
    }

    public void Dispose() => _totals.Dispose();

    [Test]
    public void What_an_element_has_counted_stays_with_the_rule_that_it_stood_for()
    {
        Send(Web, 3);
        _policy.UpsertPolicy(Allow("api", "web"));
        Commit();
        Send(Web, 2);
        Assert.That(Counts(), Is.EqualTo("spec.ingress[0] 3, spec.ingress[1] 2"));
    }

    [Test]
    public void What_could_not_be_read_before_a_change_is_counted_for_no_rule()
    {
        Send(Web, 3);
        _kernel.SendToEnd(4);
        Assert.That(Counts(), Is.EqualTo("denied 4, spec.ingress[0] 3"));
        Send(Web, 5);
        _kernel.SendToEnd(1);
        _kernel.IsBroken = true;
        _policy.UpsertPolicy(Allow("api", "web"));
        Commit();
        _kernel.IsBroken = false;
        Assert.That(Counts(), Is.EqualTo("denied 4, spec.ingress[0] 3, spec.ingress[1] 0"), "nobody knows whose the five were");
        Send(Web, 2);
        _kernel.SendToEnd(6);
        Assert.That(Counts(), Is.EqualTo("denied 10, spec.ingress[0] 3, spec.ingress[1] 2"));
    }

    [Test]
    public void A_reading_that_failed_before_a_change_is_made_up_for_right_after_it()
    {
        Send(Web, 5);
        _kernel.IsBroken = true;
        _policy.UpsertPolicy(Allow("api", "web"));
        var next = _policy.Compile();
        _kernel.IsBroken = false;
        Commit(next);
        Send(Web, 2);
        Assert.That(Counts(), Is.EqualTo("spec.ingress[0] 0, spec.ingress[1] 2"));
    }

    [Test]
    public void What_the_kernel_counts_by_rules_that_policies_do_not_say_any_more_is_counted_for_no_rule()
    {
        Send(Web, 3);
        _policy.UpsertPolicy(Allow("api", "web"));
        _policy.Compile(); // and the kernel refuses
        Send(Web, 10);
        Assert.That(Counts(), Is.EqualTo("spec.ingress[0] 3, spec.ingress[1] 0"));
        Send(Web, 10);
        Commit(_policy.Compile()); // the next try
        Send(Web, 2);
        Assert.That(Counts(), Is.EqualTo("spec.ingress[0] 3, spec.ingress[1] 2"));
    }

    [Test]
    public void A_second_change_while_the_first_is_refused_counts_nothing_either()
    {
        Send(Web, 3);
        _policy.UpsertPolicy(Allow("api", "web"));
        _policy.Compile();
        Send(Web, 10);
        _policy.UpsertPolicy(Allow("db", "api", "web"));
        _policy.Compile();
        Send(Web, 10);
        Commit(_policy.Compile());
        Send(Web, 2);
        Assert.That(Counts(), Is.EqualTo("spec.ingress[0] 3, spec.ingress[1] 0, spec.ingress[2] 2"));
    }

    [Test]
    public void Rules_that_a_refused_change_is_not_about_go_on_counting()
    {
        _policy.SetEndpoint(new LocalEndpoint("rt-api", new("shop", "api"), "", [Api]));
        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: api}}\ningress: [{from: [{podSelector: {matchLabels: {app: db}}}]}]", "api"));
        Commit();
        _policy.UpsertPolicy(Allow("api", "web"));
        _policy.Compile();
        _kernel.Send(Peer(Address.Parse("10.1.0.1")), 4);
        Send(Web, 10);
        Assert.That(Counts(), Is.EqualTo("spec.ingress[0] 0, spec.ingress[0] 4, spec.ingress[1] 0"));
    }

    [Test]
    public void A_change_that_makes_no_difference_to_the_kernel_needs_no_commit()
    {
        Send(Web, 3);
        _policy.UpsertPolicy(Allow("web") with { Problems = [new Problem("spec", "odd", "")] });
        Assert.That(_policy.Compile(), Is.SameAs(_kernel.Applied));
        Send(Web, 2);
        Assert.That(Counts(), Is.EqualTo("spec.ingress[0] 5"));
    }

    [Test]
    public void Nobody_has_to_read_for_what_is_gone_to_be_forgotten()
    {
        var sizes = new List<int>();
        for (var i = 0; i < 3000; i++)
        {
            _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: db}}\ningress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]", $"p{i}"));
            Commit();
            _kernel.Send(Peer(Api), 1);
            _policy.RemovePolicy(PolicyKey.NetworkPolicy("shop", $"p{i}"));
            Commit();
            sizes.Add(_totals.Size);
        }

        Assert.That(sizes.Max(), Is.InRange(1000, 1100));
    }

    private static PolicySpec Allow(params string[] apps) => Yaml.Policy(
        "podSelector: {matchLabels: {app: db}}\ningress: ["
        + string.Join(", ", apps.Select(app => $"{{from: [{{podSelector: {{matchLabels: {{app: {app}}}}}}}]}}")) + "]", "db");

    private static SetElement Peer(Address address) => new(address.Value, address.Value);

    private void Send(Address from, int packets) => _kernel.Send(Peer(from), packets);

    private void Commit() => Commit(_policy.Compile());

    private void Commit(Ruleset ruleset)
    {
        _kernel.Applied = ruleset;
        _totals.OnCommitted(ruleset);
    }

    private string Counts()
    {
        _totals.ReadSets(_policy.Compiled.Sets.Keys);
        _totals.ReadRules();
        return string.Join(", ", _totals.All().Where(count => count.Rule.Policy is not null || count.Count.Packets > 0)
            .Select(count => $"{count.Rule.Field ?? "denied"} {count.Count.Packets}").Order(StringComparer.Ordinal));
    }
}
