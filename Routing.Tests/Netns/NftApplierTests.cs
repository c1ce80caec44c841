using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Nftables;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Netns;

[Category("Netns")]
internal sealed class NftApplierTests
{
    private TestNamespace _node = null!;
    private NftApplier _applier = null!;

    [SetUp]
    public void Make_a_namespace()
    {
        _node = TestNamespace.Create("node");
        _applier = NftApplier.Open(_node.Inner);
    }

    [TearDown]
    public void Remove_it()
    {
        _applier?.Dispose();
        _node?.Dispose();
    }

    [Test]
    public void What_is_applied_reads_well_in_nft()
    {
        _applier.Apply(SampleRulesets.Everything);

        Assert.That(Words(_node.Nft("-s", "list", "ruleset")), Is.EquivalentTo(Words(
            """
            table inet routing {
                comment "pods' packet filter"
                set addresses {
                    type ipv4_addr
                    flags interval
                    elements = { 10.1.0.0/26, 10.1.0.65-10.1.0.70, 255.255.255.255 }
                }
                set flows6 {
                    type ipv6_addr . inet_proto . inet_service
                    flags interval
                    comment "who may call default/web"
                    elements = { fd00:1::/64 . tcp . 80-90, fd00:2::1 . udp . 53 }
                }
                set ports {
                    type inet_proto . inet_service
                    elements = { tcp . 80, sctp . 9999 }
                }
                set sources4 {
                    type ifname . ipv4_addr
                    elements = { "rt0123456789ab" . 10.1.0.7 }
                }
                map egress {
                    type ifname : verdict
                    elements = { "rt0123456789ab" : goto profile, "rtba9876543210" : drop }
                }
                chain forward {
                    comment "from and to pods"
                    type filter hook forward priority filter; policy accept;
                    ct state established,related accept comment "decided when it began"
                    iifname "rt*" jump from-pod
                }
                chain from-pod {
                    iifname vmap @egress
                    drop comment "closed until the pod is known"
                }
                chain prerouting {
                    type filter hook prerouting priority raw; policy accept;
                    iifname . ip saddr @sources4 accept
                    iifname "rt*" drop comment "forged"
                }
                chain profile {
                    comment "default/allow-web"
                    meta l4proto . th dport @ports return
                    ip daddr @addresses return
                    ip6 saddr . meta l4proto . th dport @flows6 accept
                    meta l4proto icmp drop
                }
            }
            """)));

        // Each line, and each element of a set, whose order in a hash is the kernel's.
        static IEnumerable<string> Words(string listing) =>
            from line in listing.Replace("elements = {", "elements\n", StringComparison.Ordinal).Split('\n')
            from word in line.Contains("chain", StringComparison.Ordinal) ? [line] : line.Split(',')
            let trimmed = word.Trim(' ', '\t', '}')
            where trimmed.Length > 0
            select trimmed;
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_restarted_agent_with_the_same_ruleset_sends_nothing(CancellationToken cancellationToken)
    {
        var ruleset = SampleRulesets.Everything;
        Assert.That(_applier.IsInstalled(), Is.False);
        Assert.That(_applier.Apply(ruleset).IsEmpty, Is.False);
        using var monitor = NftMonitor.Open(_node.Inner);
        using var restarted = NftApplier.Open(_node.Inner);

        Assert.That(restarted.IsInstalled());
        Assert.That(restarted.Apply(ruleset).IsEmpty, "read back and recognised");
        Assert.That(restarted.Apply(SampleRulesets.Everything).IsEmpty, "equal, though not the same object");
        Assert.That(_applier.Apply(ruleset).IsEmpty, "remembered");

        _node.Nft("add", "table", "ip", "marker");
        var first = await monitor.Events.ReadAsync(cancellationToken);
        Assert.That(first.Table, Is.EqualTo("marker"), "nothing was committed before");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Elements_come_and_go_in_place_and_nothing_else_is_touched(CancellationToken cancellationToken)
    {
        var before = SampleRulesets.Everything;
        _applier.Apply(before);
        using var monitor = NftMonitor.Open(_node.Inner);
        var set = before.Sets["addresses"];
        var after = before with
        {
            Sets = before.Sets.SetItem(set.Name, set with
            {
                Elements =
                [
                    .. set.Elements.Where(e => e.AddressLow != Number("10.1.0.65")), Range("10.1.0.71", "10.1.0.76"),
                ],
            }),
        };
        var last = after with
        {
            Maps = before.Maps.SetItem("egress", before.Maps["egress"] with
            {
                Elements = before.Maps["egress"].Elements.SetItem("rtba9876543210", Verdict.Goto("profile")),
            }),
        };

        foreach (var next in new[] { after, last })
        {
            Assert.That(_applier.Apply(next), Is.EqualTo(new RulesetChange(0, 0, ElementsAdded: 1, ElementsRemoved: 1, RulesWritten: 0)));
        }

        Assert.That(_node.Nft("list", "set", "inet", "routing", "addresses"), Does.Contain("10.1.0.71-10.1.0.76"));
        Assert.That(_node.Nft("list", "map", "inet", "routing", "egress"),
            Does.Contain("\"rtba9876543210\" : goto profile"));
        var types = new HashSet<ushort>();
        var commits = 0;
        await foreach (var happened in monitor.Events.ReadAllAsync(cancellationToken))
        {
            commits += happened.IsChange ? 0 : 1;
            if (commits == 2)
            {
                break;
            }

            types.Add(happened.IsChange ? happened.Type : NftMessageType.NewElement);
        }

        Assert.That(types, Is.EquivalentTo([NftMessageType.NewElement, NftMessageType.DeleteElement]));
    }

    [Test]
    public void A_range_takes_the_place_of_one_that_it_overlaps()
    {
        var before = SampleRulesets.Everything;
        _applier.Apply(before);
        var set = before.Sets["addresses"];
        _applier.Apply(before with
        {
            Sets = before.Sets.SetItem(set.Name, set with
            {
                Elements = [.. set.Elements.Where(e => e.AddressLow != Number("10.1.0.65")), Range("10.1.0.64", "10.1.0.69")],
            }),
        });
        Assert.That(
            _node.Nft("list", "set", "inet", "routing", "addresses"),
            Does.Contain("10.1.0.64-10.1.0.69").And.Not.Contain("10.1.0.65"));
    }

    [Test]
    public void A_refused_change_changes_nothing_and_the_next_one_reads_again()
    {
        var good = SampleRulesets.Everything;
        _applier.Apply(good);
        var before = NftListing.Of(_node);
        var bad = good with
        {
            Sets = good.Sets.Remove("ports"),
            Chains = good.Chains
                .SetItem("profile", new Chain("profile", null, [], "default/allow-web"))
                .SetItem("late", new Chain("late", null, [Jump("nowhere")], "")),
        };

        var refusal = Assert.Throws<NetlinkException>(() => _applier.Apply(bad));

        Assert.That(refusal!.Message, Does.StartWith("add rule inet routing late: ").And.Contain("errno 2"));
        Assert.That(NftListing.Of(_node), Is.EqualTo(before));
        Assert.That(_applier.Apply(good).IsEmpty);
    }

    [Test]
    public void What_somebody_else_breaks_is_repaired_by_the_next_apply()
    {
        var ruleset = SampleRulesets.Everything;
        _applier.Apply(ruleset);
        var before = NftListing.Of(_node);
        _node.Nft("insert", "rule", "inet", "routing", "forward", "accept");
        _node.Nft("delete", "element", "inet", "routing", "sources4", "{ \"rt0123456789ab\" . 10.1.0.7 }");
        _node.Nft("add", "chain", "inet", "routing", "strange");
        _node.Nft("add", "rule", "inet", "routing", "strange", "jump", "profile");
        _node.Nft("add", "set", "inet", "routing", "odd", "{ type ether_addr; }");

        var change = _applier.Apply(ruleset);

        Assert.That(change, Is.EqualTo(new RulesetChange(0, ObjectsRemoved: 2, ElementsAdded: 1, 0, RulesWritten: 2)
        {
            Repaired = "chain strange is not ours; set odd is not ours; chain forward has other rules; "
                + "set sources4 lacks 1 element (rt0123456789ab . 10.1.0.7)",
        }));
        Assert.That(NftListing.Of(_node), Is.EqualTo(before));
    }

    [TestCase("add table inet routing { flags dormant; }", "table inet routing is dormant", TestName = "A table that was put to sleep is woken up")]
    [TestCase("add chain inet routing forward { policy drop; }", "chain forward is defined otherwise", TestName = "A policy that was changed is put back")]
    [TestCase("replace rule inet routing from-pod handle VMAP accept", "chain from-pod has other rules", TestName = "A rule that was changed is put back")]
    [TestCase("delete rule inet routing from-pod handle VMAP", "chain from-pod has other rules", TestName = "A rule that was deleted is put back")]
    [TestCase("flush chain inet routing forward", "chain forward has other rules", TestName = "A chain that was flushed is filled")]
    [TestCase("flush chain inet routing forward; delete chain inet routing forward", "chain forward is gone", TestName = "A chain that was deleted is put back")]
    [TestCase("delete element inet routing addresses { 10.1.0.0/26 }", "set addresses lacks 1 element (10.1.0.0-10.1.0.63)", TestName = "An element that was deleted is put back")]
    [TestCase("add element inet routing addresses { 192.0.2.1 }", "set addresses has foreign 1 element (192.0.2.1)", TestName = "An element that was added is taken out")]
    [TestCase("flush set inet routing addresses", "set addresses lacks 3 elements (", TestName = "A set that was flushed is filled")]
    [TestCase("delete table inet routing", "table inet routing is gone", TestName = "A table that was deleted is put back")]
    [TestCase("flush ruleset", "table inet routing is gone", TestName = "A flushed ruleset is put back whole")]
    public void Damage(string command, string difference)
    {
        _applier.Apply(SampleRulesets.Everything);
        var before = NftListing.Of(_node);
        var handle = _node.Nft("-a", "list", "chain", "inet", "routing", "from-pod").Split('\n')
            .Single(line => line.Contains("vmap", StringComparison.Ordinal)).Split(' ')[^1];
        _node.Nft(command.Replace("VMAP", handle, StringComparison.Ordinal));
        Assert.That(NftListing.Of(_node), Is.Not.EqualTo(before));

        var change = _applier.Apply(SampleRulesets.Everything);

        Assert.That(change.IsEmpty, Is.False);
        Assert.That(change.Repaired, Does.StartWith(difference));
        Assert.That(NftListing.Of(_node), Is.EqualTo(before));
        Assert.That(_applier.Apply(SampleRulesets.Everything).IsEmpty, "and nobody has changed anything since");
    }

    [Test]
    public void A_repair_is_told_from_our_own_change_beside_it()
    {
        var ruleset = SampleRulesets.Everything;
        _applier.Apply(ruleset);
        _node.Nft("add", "chain", "inet", "routing", "strange");

        var change = _applier.Apply(ruleset with { Sets = ruleset.Sets.SetItem("addresses", ruleset.Sets["addresses"] with { Elements = [] }) });

        Assert.That(change, Is.EqualTo(new RulesetChange(0, ObjectsRemoved: 1, 0, ElementsRemoved: 3, 0)
        {
            Repaired = "chain strange is not ours",
        }));
    }

    [Test]
    public void Races_with_other_writers_are_lost_without_harm()
    {
        _applier.Apply(SampleRulesets.Everything);
        using var stop = new CancellationTokenSource();
        var commits = 0;
        var others = Task.Run(() =>
        {
            using var nft = NftNetlink.Open(_node.Inner, "others");
            for (; !stop.IsCancellationRequested; Interlocked.Increment(ref commits))
            {
                var batch = nft.BeginBatch();
                batch.AddTable("");
                nft.Commit(batch);
                batch = nft.BeginBatch();
                batch.DeleteTable();
                nft.Commit(batch);
            }
        });

        var ruleset = SampleRulesets.Everything;
        for (var i = 0; i < 200 || (Volatile.Read(ref commits) < 2 && !others.IsCompleted); i++)
        {
            ruleset = ruleset with
            {
                Maps = ruleset.Maps.SetItem("egress", ruleset.Maps["egress"] with
                {
                    Elements = ruleset.Maps["egress"].Elements.SetItem($"rt{i:x12}", Verdict.Drop),
                }),
            };
            Assert.That(_applier.Apply(ruleset), Is.EqualTo(new RulesetChange(0, 0, 1, 0, 0)));
        }

        stop.Cancel();
        Assert.That(others.Wait(TimeSpan.FromMinutes(1)));
        Assert.That(commits, Is.GreaterThan(1));
        using var restarted = NftApplier.Open(_node.Inner);
        Assert.That(restarted.Apply(ruleset).IsEmpty);
    }

    [Test]
    public void A_large_commit_is_made_without_listening_and_changes_after_it_are_seen()
    {
        ElementSet elements =
        [
            .. Enumerable.Range(0, 5000).Select(i => new SetElement((UInt128)(0x0A000000 + i), (UInt128)(0x0A000000 + i))),
        ];
        var sample = SampleRulesets.Everything;
        var large = sample with
        {
            Sets = sample.Sets.Add("large", new MatchSet("large", IpFamily.V4, [RuleField.SourceAddress], false, elements, "")),
        };
        Assert.That(_applier.Apply(large).ElementsAdded, Is.GreaterThanOrEqualTo(5000));

        _node.Nft("delete", "element", "inet", "routing", "large", "{ 10.0.0.7 }");

        Assert.That(_applier.Apply(large), Is.EqualTo(new RulesetChange(0, 0, 1, 0, 0) { Repaired = "set large lacks 1 element (10.0.0.7)" }));
    }

    [Test]
    public void A_large_set_has_a_size_and_is_made_anew_when_it_outgrows_it()
    {
        var before = WithLookUp([.. Addresses(600)]);
        _applier.Apply(before);
        Assert.That(_node.Nft("-s", "list", "set", "inet", "routing", "large"), Does.Contain("size 1536"));

        // Full to the last place, with some that go in the same batch.
        var full = WithLookUp(before.Sets["large"].Elements.Edit([.. Addresses(100)], [.. Addresses(1636).Skip(600)]));
        Assert.That(_applier.Apply(full), Is.EqualTo(new RulesetChange(0, 0, 1036, 100, 0)));

        // One more: the set and the rule that looks there are written again, in one batch.
        var more = WithLookUp(full.Sets["large"].Elements.Edit([], [.. Addresses(1637).Skip(1636)]));
        Assert.That(_applier.Apply(more), Is.EqualTo(new RulesetChange(1, 1, 1537, 0, 1)));
        Assert.That(_node.Nft("-s", "list", "ruleset"), Does.Contain("size 3072").And.Contain("ip saddr @large drop"));
        Assert.That(_node.Nft("get", "element", "inet", "routing", "large", "{ 10.0.6.100 }"), Does.Contain("10.0.6.100"));
        Assert.That(_applier.Apply(more).IsEmpty);
    }

    [Test]
    public void After_a_restart_a_set_may_have_any_size_that_suffices()
    {
        var ruleset = WithLookUp([.. Addresses(600)]);
        _applier.Apply(ruleset);
        var few = WithLookUp([.. Addresses(10)]);
        _applier.Apply(few);

        using var restarted = NftApplier.Open(_node.Inner);
        Assert.That(restarted.Apply(few).IsEmpty, "a new one would have no size");
        Assert.That(restarted.Apply(WithLookUp([.. Addresses(1536)])), Is.EqualTo(new RulesetChange(0, 0, 1526, 0, 0)));
        Assert.That(restarted.Apply(WithLookUp([.. Addresses(1537)])), Is.EqualTo(new RulesetChange(1, 1, 1537, 0, 1)));
    }

    private static IEnumerable<SetElement> Addresses(int count) =>
        Enumerable.Range(0, count).Select(i => new SetElement((UInt128)(0x0A000000 + i), (UInt128)(0x0A000000 + i)));

    /// <summary>A set, and a rule that drops whom it holds.</summary>
    private static Ruleset WithLookUp(ElementSet elements) => Ruleset.Empty with
    {
        Sets = Ruleset.Empty.Sets.Add(
            "large", new MatchSet("large", IpFamily.V4, [RuleField.SourceAddress], false, elements, "")),
        Chains = Ruleset.Empty.Chains.Add("look", new Chain("look", null, [Decide(Verdict.Drop, "", new Match.InSet("large"))], "")),
    };

    [Test]
    public void Commits_to_other_tables_cost_no_reading_of_ours()
    {
        var ruleset = SampleRulesets.Everything;
        _applier.Apply(ruleset);
        for (var i = 0; i < 20; i++)
        {
            _node.Nft("add", "table", "ip", $"other{i}");
            ruleset = ruleset with
            {
                Maps = ruleset.Maps.SetItem("egress", ruleset.Maps["egress"] with
                {
                    Elements = ruleset.Maps["egress"].Elements.SetItem($"rt{i:x12}", Verdict.Drop),
                }),
            };
            Assert.That(_applier.Apply(ruleset), Is.EqualTo(new RulesetChange(0, 0, 1, 0, 0)));
        }
    }

    private static Rule Decide(Verdict verdict, string comment, params Match[] matches) =>
        new([.. matches], new RuleAction.Decide(verdict), comment);

    private static Rule Jump(string chain) => Decide(Verdict.Jump(chain), "");

    private static UInt128 Number(string address) => Address.Parse(address).Value;

    private static SetElement Range(string low, string high) => new(Number(low), Number(high));
}
