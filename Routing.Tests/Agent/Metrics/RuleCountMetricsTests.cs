using Routing.Agent.Dataplane.Counts;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Metrics;
using Routing.Policy.Compile;
using Routing.Policy.Model;

namespace Routing.Tests.Agent.Metrics;

public class RuleCountMetricsTests
{
    [Test]
    public void A_series_names_the_rule()
    {
        var series = RuleCountMetrics.Series([Count("db", "spec.ingress[0]", 3), Count(null, null, 2)]).ToList();
        Assert.That(series.Select(each => each.Value), Is.EqualTo(new[] { 3, 2 }));
        Assert.That(series.Select(Labels), Is.EqualTo(new[]
        {
            "tier=default layer= policy=NetworkPolicy shop/db rule=spec.ingress[0] direction=ingress verdict=allow",
            "tier=default layer= policy= rule= direction=ingress verdict=deny",
        }));
    }

    [Test]
    public void Rules_beyond_the_limit_are_added_up()
    {
        List<RuleCount> counts = [.. Enumerable.Range(0, RuleCountMetrics.SeriesLimit + 7).Select(i => Count($"p{i:00000}", "spec.ingress[0]", 2))];
        var series = RuleCountMetrics.Series([.. counts.AsEnumerable().Reverse()]).ToList();
        Assert.That(series, Has.Count.EqualTo(RuleCountMetrics.SeriesLimit + 1));
        Assert.That(series.Sum(each => each.Value), Is.EqualTo(2 * counts.Count));
        Assert.That((Labels(series[^1]), series[^1].Value), Is.EqualTo(("tier= layer= policy=other rule= direction=ingress verdict=allow", 14)));
    }

    private static string Labels(System.Diagnostics.Metrics.Measurement<long> each) =>
        string.Join(' ', each.Tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));

    private static RuleCount Count(string? policy, string? field, long packets) => new(
        new CountSubject(
            "default", Direction.Ingress, null, policy is null ? null : PolicyKey.NetworkPolicy("shop", policy), field,
            policy is null ? CountedVerdict.Deny : CountedVerdict.Allow),
        new KernelCount(packets, 60 * packets));
}
