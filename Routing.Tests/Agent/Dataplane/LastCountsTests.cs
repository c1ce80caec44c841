using Routing.Agent.Dataplane.Counts;
using Routing.Agent.Dataplane.Live;

namespace Routing.Tests.Agent.Dataplane;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class LastCountsTests
{
    private readonly LastCounts<string> _last = new();

    [Test]
    public void What_has_grown_is_told_by_how_much()
    {
        Assert.That(Take("s", ("a", 3), ("b", 1)), Is.EqualTo("a 3, b 1"), "all is new");
        Assert.That(Take("s", ("a", 3), ("b", 1)), Is.Empty);
        Assert.That(Take("s", ("a", 5), ("b", 1), ("c", 2)), Is.EqualTo("a 2, c 2"));
    }

    [Test]
    public void What_is_less_than_before_has_begun_anew()
    {
        Take("s", ("a", 7));
        Assert.That(Take("s", ("a", 2)), Is.EqualTo("a 2"));
        Assert.That(Take("s", ("a", 3)), Is.EqualTo("a 1"));
    }

    [Test]
    public void As_many_packets_with_fewer_octets_have_begun_anew() =>
        Assert.That(
            (_last.Take("s", [("a", new KernelCount(2, 200))]).Count, _last.Take("s", [("a", new KernelCount(2, 80))]).Single().More),
            Is.EqualTo((1, new KernelCount(2, 80))));

    [Test]
    public void What_was_away_begins_anew_when_it_comes_back()
    {
        Take("s", ("a", 7));
        Assert.That(Take("s"), Is.Empty);
        Assert.That(Take("s", ("a", 9)), Is.EqualTo("a 9"));
    }

    [Test]
    public void Sets_are_told_apart()
    {
        Take("s", ("a", 7));
        Assert.That(Take("t", ("a", 9)), Is.EqualTo("a 9"));
        Assert.That(Take("s", ("a", 8)), Is.EqualTo("a 1"));
    }

    [Test]
    public void What_is_lost_is_nobodys_and_the_next_look_is_the_new_base_line()
    {
        Take("s", ("a", 7));
        _last.Lose("s");
        Assert.That(_last.Lost, Is.EqualTo(new[] { "s" }));
        Assert.That(Take("s", ("a", 9), ("b", 2)), Is.Empty);
        Assert.That(_last.Lost, Is.Empty);
        Assert.That(Take("s", ("a", 10), ("b", 2)), Is.EqualTo("a 1"));
    }

    [Test]
    public void What_is_forgotten_is_not_kept()
    {
        Take("s", ("a", 7), ("b", 1));
        Assert.That(_last.Size, Is.EqualTo(2));
        _last.Forget("s");
        Assert.That(_last.Size, Is.Zero);
    }

    private string Take(string set, params (string, long)[] counts) => string.Join(", ", _last
        .Take(set, counts.Select(count => (count.Item1, new KernelCount(count.Item2, 60 * count.Item2))))
        .Select(more => $"{more.Key} {more.More.Packets}"));
}
