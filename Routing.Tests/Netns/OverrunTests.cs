using Routing.Agent.Dataplane;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Rules;

namespace Routing.Tests.Netns;

/// <summary>Others change so much of the packet filter that the kernel cannot tell us all of it, and something of ours with it. The back end
/// of nf_tables is told by a netlink socket, which overruns; those of iptables look for themselves.</summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
[Category("Netns")]
public sealed class OverrunTests(FilterBackend backend)
{
    private static readonly Ruleset Rules = SampleRulesets.Everything;

    private TestNamespace _node = null!;
    private IRulesetApplier _applier = null!;
    private string _listing = "";
    private int _floods;

    [SetUp]
    public void Put_rules_into_a_kernel()
    {
        _node = TestNamespace.Create("node");
        _applier = backend.Open(_node);
        _applier.Apply(Rules);
        _listing = backend.Listing(_node);
    }

    [TearDown]
    public void Remove_it()
    {
        _applier?.Dispose();
        _node?.Dispose();
    }

    [Test]
    public void What_was_changed_while_notifications_were_lost_is_repaired_and_so_is_what_comes_after()
    {
        for (var round = 0; round < 2; round++)
        {
            using var watch = _node.Inner.Run(() => new NftTableWatch("routing", 0));
            Flood();
            Damage(); // of this nothing is told
            Flood();
            Assert.That(watch.Look(out _), Is.EqualTo(NftTableWatchResult.Unknown), "a socket like the applier's has overrun");

            Assert.That(_applier.Apply(Rules).Repaired, Is.Not.Null);
            Assert.That(backend.Listing(_node), Is.EqualTo(_listing));

            // It hears again, and was not heard of anything that did not happen.
            Assert.That(_applier.Apply(Rules), Is.EqualTo(default(RulesetChange)));
            Damage();
            Assert.That(_applier.Apply(Rules).Repaired, Is.Not.Null);
            Assert.That(backend.Listing(_node), Is.EqualTo(_listing));
        }
    }

    [Test]
    public void When_it_was_all_about_tables_of_others_nothing_is_called_a_repair_and_nothing_is_written()
    {
        Flood();
        Assert.That(_applier.Apply(Rules), Is.EqualTo(default(RulesetChange)));
        Assert.That(backend.Listing(_node), Is.EqualTo(_listing));
    }

    /// <summary>A hundred thousand changes of somebody else's.</summary>
    private void Flood()
    {
        var blocks = Enumerable.Range(0, 100).Select(block =>
            $"add element inet theirs s{_floods} {{ {string.Join(", ", Enumerable.Range(0, 1000).Select(i => $"10.{block}.{i / 250}.{i % 250}"))} }}");
        Tool.RunWithInput(
            "ip", $"add table inet theirs; add set inet theirs s{_floods} {{ type ipv4_addr; }}\n{string.Join('\n', blocks)}\n",
            "netns", "exec", _node.Name, Requires.Tool("nft"), "-f", "-");
        _floods++;
    }

    private void Damage()
    {
        if (backend == FilterBackend.Nftables)
        {
            _node.Nft("flush chain inet routing profile");
        }
        else
        {
            _node.Run(backend == FilterBackend.IptablesNft ? "iptables-nft" : "iptables-legacy", "-w", "-F", "RT-profile");
        }
    }
}
