using Routing.Bgp.Rib.Views;

namespace Routing.Tests.Bgp.Rib;

/// <summary>Since when a path is as it is.</summary>
[TestFixture]
internal sealed class PathAgeTests
{
    private static readonly RouteModel Model = new() { AsPath = [64501], NextHop = RibHarness.NextHopOf(1) };

    [Test]
    public void A_path_is_as_old_as_its_session_until_it_comes_later_or_otherwise()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        rib.Time.Advance(TimeSpan.FromSeconds(10));
        rib.Announce(1, Model, "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16");
        rib.EndOfRib(1);
        rib.Time.Advance(TimeSpan.FromSeconds(20));
        rib.Announce(1, Model, "10.1.0.0/16", "10.4.0.0/16"); // one again as it was, one new
        rib.Announce(1, Model with { Med = 7 }, "10.2.0.0/16");
        rib.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.That(
            new[] { 1, 2, 3, 4 }.Select(n => Age(rib, $"10.{n}.0.0/16")), Is.EqualTo(new[] { 35, 5, 35, 5 }));
    }

    [Test]
    public void A_peer_that_never_says_that_it_has_told_all_is_given_a_minute()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        rib.Time.Advance(TimeSpan.FromSeconds(50));
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Time.Advance(TimeSpan.FromSeconds(50));
        rib.Announce(1, Model, "10.2.0.0/16");
        rib.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.That((Age(rib, "10.1.0.0/16"), Age(rib, "10.2.0.0/16")), Is.EqualTo((103, 3)));
    }

    [Test]
    public void A_place_that_another_path_had_says_nothing_of_its_age()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        rib.EndOfRib(1);
        rib.Time.Advance(TimeSpan.FromSeconds(9));
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Withdraw(1, "10.1.0.0/16");
        rib.Connect(2);
        rib.Announce(2, Model, "10.2.0.0/16");
        rib.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.That(Age(rib, "10.2.0.0/16"), Is.EqualTo(4));
    }

    private static int Age(RibHarness rib, string prefix) => (int)new RouteExplainer(rib.Tables)
        .Explain(RibHarness.Parse(prefix), longestMatch: false)!.Paths.Single().Path.Age.TotalSeconds;
}
