using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Nftables;
using Routing.Agent.Native;
using Routing.Agent.Netlink;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>For which rule packets are counted when nftables turns out to lack something, iptables takes over, and the next agent finds
/// nftables complete.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RuleCountFallbackTests : RuleCountFixture
{
    private bool _isLacking; // what every new ruleset needs
    private int _steps = int.MaxValue; // that iptables makes before it is refused, too

    [Test]
    public async Task Totals_go_on_over_a_fallback_and_begin_anew_with_the_next_agent_and_nothing_is_counted_twice()
    {
        Send(3, Pod[0], Pod[1], 53);
        Send(2, Pod[2], Pod[0], 53);
        Send(3, Pod[0], Pod[1], 80);
        Assert.That(await Counts(), Is.EqualTo(With(keepOut: 2, db: 3) + "; default denies 3"));
        Send(2, Pod[0], Pod[1], 53);

        FallBack();
        Assert.That(Kernel.BackendName, Does.StartWith("iptables"));
        Assert.That(
            await Counts(), Is.EqualTo(With(keepOut: 2, db: 5, more: true) + "; default denies 3"), "what was not read yet was, before the change");

        // Each counts more than its predecessor had.
        Send(6, Pod[0], Pod[1], 53);
        Send(3, Pod[2], Pod[0], 53);
        Send(4, Pod[0], Pod[1], 80);
        for (var reading = 0; reading < 2; reading++)
        {
            Assert.That(await Counts(), Is.EqualTo(With(keepOut: 5, db: 11, more: true) + "; default denies 7"));
        }

        _isLacking = false;
        Start(Counting);
        Assert.That(Kernel.BackendName, Is.EqualTo("nftables"));
        Assert.That(await Counts(), Is.EqualTo(Unused));
        Send(7, Pod[0], Pod[1], 53);
        Assert.That(await Counts(), Is.EqualTo(With(keepOut: 0, db: 7)));
    }

    [Test]
    public async Task Totals_go_on_where_iptables_is_refused_as_well_and_nftables_takes_over_again()
    {
        Send(3, Pod[0], Pod[1], 53);
        Send(2, Pod[2], Pod[0], 53);
        Assert.That(await Counts(), Is.EqualTo(With(keepOut: 2, db: 3)));
        var stood = Policy.Compiled;
        _steps = 2; // IPv4 has its rules
        Assert.That(FallBack, Throws.TypeOf<NetlinkException>());
        Assert.That(Kernel.BackendName, Is.EqualTo("nftables"));
        Kernel.Apply(stood); // is looked after
        Send(4, Pod[2], Pod[0], 53);
        Assert.That(await Counts(), Is.EqualTo(With(keepOut: 6, db: 3, more: true)), "what the refused change is not about");

        _isLacking = false;
        Commit();
        Send(6, Pod[0], Pod[1], 53);
        Assert.That(await Counts(), Is.EqualTo(With(keepOut: 6, db: 9, more: true)));
    }

    private protected override IRulesetApplier Open(TestNamespace node) => new BackendFallback(
        () =>
        {
            var applier = NftApplier.Open(node.Inner);
            applier.Committing = _ =>
            {
                if (_isLacking)
                {
                    throw new NetlinkException("add rule", "inet routing forward", Errno.NotSupported);
                }
            };
            return Switch(applier, FilterBackend.IptablesNft.Remnant(node, new ProgramRunner(node.Inner), ownsSets: true));
        },
        _ =>
        {
            var runner = new DyingRunner(new ProgramRunner(node.Inner), _steps, () => new ProgramException("exit code 4, as the test asked"));
            return Switch(
                new IptablesApplier(FilterBackend.IptablesNft.Programs(runner), TimeProvider.System, node.Inner),
                FilterBackend.Nftables.Remnant(node, runner, ownsSets: true));
        },
        NullLogger<BackendFallback>.Instance);

    private static BackendSwitch Switch(IRulesetApplier current, IFormerBackend former) =>
        new(current, [former], NullLogger<BackendSwitch>.Instance);

    /// <summary>A change of the policies of pod 1 that nftables refuses again and again.</summary>
    private void FallBack()
    {
        _isLacking = true;
        Widen(1, 2);
        Assert.That(Commit, Throws.TypeOf<NetlinkException>());
        Assert.That(Commit, Throws.TypeOf<NetlinkException>());
        Commit();
    }

    private static string With(int keepOut, int db, bool more = false) => Unused
        .Replace("keep-out [0] 0", $"keep-out [0] {keepOut}", StringComparison.Ordinal)
        .Replace("shop/db [0] 0", $"shop/db [0] {db}", StringComparison.Ordinal) + (more ? ", shop/wide [3] 0" : "");
}
