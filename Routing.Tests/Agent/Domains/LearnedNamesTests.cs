using System.Collections.Immutable;
using Routing.Agent.Domains;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Agent.Domains;

public class LearnedNamesTests
{
    private static readonly DomainPattern Name = DomainPattern.Parse("www.example.com"), Below = DomainPattern.Parse("*.example.com");
    private static readonly Address One = Address.Parse("192.0.2.1"), Two = Address.Parse("192.0.2.2");
    private static readonly ImmutableHashSet<DomainPattern> InUse = [Name, Below];

    private LearnedNames _names = null!;

    [SetUp]
    public void Nothing_is_known() => _names = new LearnedNames();

    [TestCase(0, 15)]
    [TestCase(10, 15)]
    [TestCase(300, 305)]
    [TestCase(int.MaxValue, 86405)]
    public void An_address_is_held_for_its_TTL_within_bounds_and_a_grace(int ttl, int held) =>
        Assert.That(LearnedNames.Hold(TimeSpan.FromSeconds(ttl)), Is.EqualTo(TimeSpan.FromSeconds(held)));

    [Test]
    public void It_lapses_when_its_time_has_come_and_a_later_answer_prolongs_it()
    {
        Assert.That(_names.Learn(Name, One, At(10)), Is.True);
        Assert.That(_names.Learn(Name, Two, At(20)), Is.True);
        Assert.That(_names.Learn(Name, One, At(30)), Is.False, "nothing new");
        Assert.That(_names.Learn(Name, One, At(5)), Is.False, "and no answer shortens it");

        Assert.That(_names.Expire(At(19), InUse), Is.Empty);
        Assert.That(_names.Expire(At(20), InUse), Is.EqualTo(new[] { Name }));
        Assert.That(_names.InForce[Name], Is.EquivalentTo(new[] { One }));
        Assert.That(_names.Lapsed()[Name], Is.EquivalentTo(new[] { Two }));
        Assert.That(_names.Next, Is.EqualTo(At(30)));
        Assert.That(_names.Expire(At(30), InUse), Is.EqualTo(new[] { Name }));
        Assert.That(_names.InForce, Is.Empty);

        Assert.That(_names.Learn(Name, Two, At(60)), Is.True, "it was gone");
        Assert.That(_names.Lapsed()[Name], Is.EquivalentTo(new[] { One }));
    }

    [Test]
    public void Of_a_full_name_the_address_that_would_lapse_first_gives_way_and_no_other_name_is_touched()
    {
        _names.Learn(Name, One, At(1));
        for (var i = 0; i < LearnedNames.Bound; i++)
        {
            _names.Learn(Below, Numbered(i), At(100 + i));
        }

        Assert.That(_names.Learn(Below, Numbered(5000), At(50)), Is.True);
        Assert.That(_names.InForce[Below], Has.Count.EqualTo(LearnedNames.Bound));
        Assert.That(_names.InForce[Below], Does.Not.Contain(Numbered(0)).And.Contain(Numbered(5000)));
        Assert.That(_names.InForce[Name], Is.EquivalentTo(new[] { One }));
        for (var i = 0; i < 10_000; i++)
        {
            _names.Learn(Below, Numbered(10_000 + i), At(200 + i));
        }

        Assert.That(_names.Count, Is.LessThanOrEqualTo((2 * LearnedNames.Bound) + 1));
    }

    [Test]
    public void Of_names_that_nobody_uses_nothing_stays()
    {
        _names.Learn(Below, One, At(10));
        _names.Learn(Name, One, At(10));
        _names.Expire(At(5), ImmutableHashSet.Create(Name));
        Assert.That(_names.Patterns, Is.EquivalentTo(new[] { Name, Below }), "the policy may come back");
        _names.Expire(At(10), ImmutableHashSet.Create(Name));
        Assert.That(_names.Patterns, Is.EquivalentTo(new[] { Name }));
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);

    private static Address Numbered(int number) => new(IpFamily.V4, (uint)(0x0a000000 + number));
}
