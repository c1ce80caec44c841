using Routing.Agent.Netlink.Nftables;

namespace Routing.Tests.Netns;

[Category("Netns")]
internal sealed class NftNetlinkTests
{
    private static readonly NftSet Ports = new(
        "ports", NftSetFlags.None, NftDataType.Port.Number, 2, [], NftByteOrder.BigEndian, "");

    private TestNamespace _node = null!;
    private NftNetlink _nft = null!;

    [SetUp]
    public void Make_a_namespace()
    {
        _node = TestNamespace.Create("node");
        _nft = NftNetlink.Open(_node.Inner, "test");
    }

    [TearDown]
    public void Remove_it()
    {
        _nft?.Dispose();
        _node?.Dispose();
    }

    [Test]
    public void What_is_written_is_read_back_and_nft_agrees()
    {
        var chain = new NftChain("input", new NftBaseChain(NftHook.Input, -10), "for the node");
        NftRule[] rules =
        [
            new("input",
                [
                    new NftExpression.Meta(NftMetaKey.TransportProtocol),
                    new NftExpression.Compare(NftCompareOperator.Equal, [6]),
                    new NftExpression.Payload(NftPayloadBase.Transport, 2, 2),
                    new NftExpression.Lookup("ports", Inverted: true),
                    new NftExpression.Counter(),
                    new NftExpression.Limit(50, UnitSeconds: 1, Burst: 100),
                    new NftExpression.Log(7, "not ours ", SnapLength: 128),
                    new NftExpression.Immediate(new NftVerdict(NftVerdictCode.Drop)),
                ],
                "a comment"),
            new("input",
                [
                    new NftExpression.Conntrack(NftConntrackKey.State),
                    new NftExpression.Bitwise([6, 0, 0, 0], [0, 0, 0, 0]),
                    new NftExpression.Compare(NftCompareOperator.NotEqual, [0, 0, 0, 0]),
                    new NftExpression.Immediate(new NftVerdict(NftVerdictCode.Jump, "more")),
                ],
                ""),
        ];
        var batch = _nft.BeginBatch();
        batch.AddTable("a test");
        batch.AddChain(chain);
        batch.AddChain(new NftChain("more", null, ""));
        batch.AddSet(Ports);
        var list = batch.AddElements("ports");
        list.Add([0, 80]);
        list.Add([1, 187]);
        list.End();
        Array.ForEach(rules, batch.AppendRule);
        _nft.Commit(batch);

        var elements = new List<byte[]>();
        _nft.ReadElements("ports", elements.Clear, (in element) => elements.Add(element.Key.ToArray()));
        Assert.Multiple(() =>
        {
            Assert.That(_nft.ListChains(), Does.Contain(chain));
            Assert.That(_nft.ListSets(), Is.EqualTo(new[] { Ports }));
            Assert.That(_nft.ListRules().Select(rule => rule with { Handle = 0 }), Is.EqualTo(rules));
            Assert.That(elements, Is.EquivalentTo(new byte[][] { [0, 80], [1, 187] }));
            var listing = _node.Nft("list", "ruleset");
            Assert.That(listing, Does.Contain("type filter hook input priority filter - 10; policy accept;"));
            Assert.That(listing, Does.Contain(
                "tcp dport != @ports counter packets 0 bytes 0 "
                + "limit rate 50/second burst 100 packets log prefix \"not ours \" group 7 snaplen 128 drop comment \"a comment\""));
            Assert.That(listing, Does.Contain("ct state established,related jump more"));
        });
    }

    [Test]
    public void Each_refusal_of_a_batch_names_its_object()
    {
        Make("table inet test { set ports { type inet_service; }; chain there { }; }");
        var batch = _nft.BeginBatch();
        batch.AddChain(new NftChain("fine", null, ""));
        batch.AddChain(new NftChain("there", null, ""));
        batch.AppendRule(new NftRule("fine", [new NftExpression.Lookup("nowhere")], ""));
        batch.DeleteSet("gone");

        var refusals = _nft.TryCommit(batch);

        Assert.That(refusals.Select(refusal => (refusal.Operation, refusal.Target, refusal.Errno)), Is.EqualTo(new[]
        {
            ("add chain", "inet test there", 17),
            ("add rule", "inet test fine", 2),
            ("delete set", "inet test gone", 2),
        }));
        Assert.That(_nft.ListChains().Select(chain => chain.Name), Is.EqualTo(new[] { "there" }), "none or all");
    }

    [Test]
    public void A_batch_for_an_older_generation_is_refused()
    {
        var generation = _nft.ReadGeneration();
        Make("table ip other { }");
        var batch = _nft.BeginBatch(generation);
        batch.AddTable("");

        Assert.That(_nft.TryCommit(batch).Single().Errno, Is.EqualTo(85)); // ERESTART
        Assert.That(_nft.FindTable(), Is.EqualTo(NftTableState.Missing));

        batch = _nft.BeginBatch(_nft.ReadGeneration());
        batch.AddTable("");
        _nft.Commit(batch);
        Assert.That(_nft.FindTable(), Is.EqualTo(NftTableState.Active));
    }

    [Test]
    public void The_next_generation_is_one_more()
    {
        var before = _nft.ReadGeneration();
        Make("table ip other { }");
        Assert.That(_nft.ReadGeneration(), Is.EqualTo(before + 1));
    }

    [Test]
    public void Rules_of_others_are_read_as_others()
    {
        Make("""
             table inet test {
                 chain c {
                     tcp flags syn limit rate over 5/second accept
                     ip saddr 10.0.0.0/24 tcp dport { 80, 443 } counter accept
                 }
             }
             """);
        var rules = _nft.ListRules();
        Assert.That(rules, Has.Count.EqualTo(2));
        Assert.That(rules[0].Expressions, Does.Contain(new NftExpression.Other("limit")));
        Assert.That(_nft.ListSets(), Is.Empty, "an anonymous set is a part of its rule");
        _nft.Commit(Deleting(rules[0]));
        Assert.That(_nft.ListRules().Single(), Is.EqualTo(rules[1]));

        NftBatch Deleting(NftRule rule)
        {
            var batch = _nft.BeginBatch();
            batch.DeleteRule(rule.Chain, rule.Handle);
            return batch;
        }
    }

    [Test]
    public void A_long_comment_is_cut_between_characters()
    {
        var batch = _nft.BeginBatch();
        batch.AddTable("");
        batch.AddChain(new NftChain("c", null, new string('x', 126) + "é and more"));
        _nft.Commit(batch);
        Assert.That(_nft.ListChains().Single().Comment, Is.EqualTo(new string('x', 126)));
        Assert.That(_node.Nft("list", "ruleset"), Does.Contain($"comment \"{new string('x', 126)}\""));
    }

    private void Make(string ruleset) =>
        Tool.RunWithInput("ip", ruleset, "netns", "exec", _node.Name, Requires.Tool("nft"), "-f", "-");
}
