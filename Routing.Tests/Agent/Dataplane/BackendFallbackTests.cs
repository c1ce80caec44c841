using Microsoft.Extensions.Logging;
using Routing.Agent.Cli;
using Routing.Agent.Dataplane;
using Routing.Agent.Native;
using Routing.Agent.Netlink;
using Routing.Policy.Rules;
using Routing.Tests.Fakes;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.Dataplane;

/// <summary>What becomes of a kernel that lacks something at a later time than the start.</summary>
public sealed class BackendFallbackTests
{
    private static readonly Ruleset Some = SampleRulesets.Everything, More = SampleRulesets.Everything, EvenMore = SampleRulesets.Everything;

    private readonly LogLines _log = new();

    [OneTimeTearDown]
    public void End() => _log.Dispose();

    [TestCase(Errno.NotSupported)]
    [TestCase(Errno.NoSuchEntry)]
    [TestCase(Errno.Invalid)]
    public void What_is_refused_again_and_again_for_want_of_a_feature_goes_to_the_other_back_end(int errno)
    {
        var (first, other, why) = (new FakeRulesetApplier(), new FakeRulesetApplier(), "");
        using var fallback = Fallback(first, reason =>
        {
            why = reason;
            return other;
        });
        fallback.Apply(Some);
        (first.Refuses, first.Errno) = (_ => true, errno);
        for (var refusals = 1; refusals < 3; refusals++)
        {
            Assert.That(() => fallback.Apply(More), Throws.TypeOf<NetlinkException>());
            Assert.That(other.Calls, Is.Zero, "it may have been a race");
        }

        fallback.Apply(More);
        Assert.That(other.Applied, Is.EqualTo(new[] { More }));
        Assert.That(why, Does.StartWith("commit ruleset: "));
        Assert.That(_log.Lines, Has.Some.StartsWith("Packet filter: fake cannot do what the policies need here, fake takes over: commit ruleset: "));
        fallback.Apply(Some);
        Assert.That(first.Calls, Is.EqualTo(4), "for good");
    }

    [Test]
    public void Other_refusals_and_single_ones_change_nothing()
    {
        var first = new FakeRulesetApplier { Refuses = _ => true, Errno = Errno.Busy };
        using var fallback = Fallback(first, _ => throw new AssertionException("nobody asked for another"));
        for (var i = 0; i < 10; i++)
        {
            Assert.That(() => fallback.Apply(Some), Throws.TypeOf<NetlinkException>());
            first.Errno = i % 3 == 0 ? Errno.NotSupported : Errno.Busy;
            if (i % 3 == 1)
            {
                first.Refuses = _ => false;
                fallback.Apply(More);
                first.Refuses = _ => true;
            }
        }
    }

    [Test]
    public void Without_another_back_end_the_refusal_stands_and_what_stood_stays()
    {
        var first = new FakeRulesetApplier();
        using var fallback = Fallback(first, reason => throw new UserErrorException($"no packet filter: nftables: {reason}; iptables: none"));
        fallback.Apply(Some);
        (first.Refuses, first.Errno) = (ruleset => ruleset == More, Errno.NotSupported);
        for (var i = 0; i < 7; i++)
        {
            Assert.That(() => fallback.Apply(More), Throws.TypeOf<NetlinkException>().With.Message.StartsWith("commit ruleset: "));
        }

        fallback.Apply(Some);
        Assert.That(first.Applied, Is.EqualTo(new[] { Some }));
        Assert.That(_log.Lines, Has.Some.StartsWith("Packet filter: the kernel lacks something, and there is no other back end: no packet filter: "));
    }

    [Test]
    public void What_stands_and_is_looked_after_meanwhile_does_not_keep_the_other_back_end_out()
    {
        var (first, other) = (new FakeRulesetApplier(), new FakeRulesetApplier());
        using var fallback = Fallback(first, _ => other);
        fallback.Apply(Some);
        (first.Refuses, first.Errno) = (ruleset => ruleset != Some, Errno.NotSupported);
        foreach (var refused in new[] { More, EvenMore }) // which changes meanwhile
        {
            Assert.That(() => fallback.Apply(refused), Throws.TypeOf<NetlinkException>());
            fallback.Apply(Some);
        }

        fallback.Apply(EvenMore);
        Assert.That(other.Applied, Is.EqualTo(new[] { EvenMore }));
    }

    [Test]
    public void A_repair_that_succeeds_at_last_was_no_want_of_a_feature()
    {
        var first = new FakeRulesetApplier { Errno = Errno.NoSuchEntry };
        using var fallback = Fallback(first, _ => throw new AssertionException("nobody asked for another"));
        fallback.Apply(Some);
        for (var i = 0; i < 5; i++)
        {
            first.FailNext(2);
            Assert.That(() => fallback.Apply(Some), Throws.TypeOf<NetlinkException>());
            Assert.That(() => fallback.Apply(Some), Throws.TypeOf<NetlinkException>());
            fallback.Apply(Some);
        }
    }

    [Test]
    public void Another_back_end_that_is_refused_too_does_not_take_over_and_the_first_one_clears_up_after_it()
    {
        var (firsts, other) = (new List<FakeRulesetApplier>(), new FakeRulesetApplier { Refuses = _ => true });
        using var fallback = new BackendFallback(
            () =>
            {
                firsts.Add(new FakeRulesetApplier { Refuses = ruleset => ruleset == More, Errno = Errno.NotSupported });
                return firsts[^1];
            },
            _ => other, _log.Factory.CreateLogger<BackendFallback>());
        fallback.Apply(Some);
        for (var i = 0; i < 3; i++)
        {
            Assert.That(() => fallback.Apply(More), Throws.TypeOf<NetlinkException>());
        }

        Assert.That((other.Calls, firsts.Count), Is.EqualTo((1, 2)));
        fallback.Apply(Some);
        Assert.That((other.Calls, firsts[1].Applied.Count), Is.EqualTo((1, 1)), "what stood is the first one's still");
        Assert.That(_log.Lines, Has.Some.StartsWith("Packet filter: fake cannot do what the policies need here (commit ruleset: ").And.Contain("could not take over"));
    }

    private BackendFallback Fallback(IRulesetApplier first, Func<string, IRulesetApplier> next) =>
        new(() => first, next, _log.Factory.CreateLogger<BackendFallback>());
}
