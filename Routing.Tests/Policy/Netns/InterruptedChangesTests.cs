using Routing.Agent.Dataplane.Barrier;
using Routing.Agent.Dataplane.Nftables;
using Routing.Agent.Native;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Rules;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>Random changes of which each is ended before each of its batches, in a kernel. What packets meet there is asked without one:
/// <see cref="Agent.Dataplane.RulesetStepsTests"/>.</summary>
[Category("Netns")]
internal sealed class InterruptedChangesTests
{
    private TestNamespace _node = null!;
    private NftNetlink _netlink = null!;
    private NftApplier _applier = null!;
    private NftQueueing _queueing;

    [SetUp]
    public void Make_a_namespace()
    {
        _node = TestNamespace.Create("node");
        _netlink = NftNetlink.Open(_node.Inner, NftApplier.Table);
        _applier = NftApplier.Open(_node.Inner);
        _queueing = NftProbe.Queueing(_netlink); // what this kernel has for packets that are held
    }

    [TearDown]
    public void Remove_it()
    {
        _applier?.Dispose();
        _netlink?.Dispose();
        _node?.Dispose();
    }

    [TestCase(false, TestName = "A batch that the kernel refuses leaves what the batches before it made, and the next apply goes on from there")]
    [TestCase(true, TestName = "An agent that is killed before any batch leaves what the batches before it made, and the next one goes on from there")]
    public void A_change_ends_before_any_of_its_batches(bool isKilled) => ForEachBatch((before, after, batch) =>
    {
        var held = before;
        Interrupt(
            batch, () => throw new NetlinkException("commit", "the batch", Errno.Busy, "refused by the test"), result => held = result);
        Assert.That(() => _applier.Apply(after), Throws.TypeOf<NetlinkException>());
        AssertHolds(held);
        _applier.Committing = null;
        if (isKilled)
        {
            _applier.Dispose();
            _applier = NftApplier.Open(_node.Inner);
        }

        _applier.Apply(after);
    });

    [TestCase(false, TestName = "Somebody who commits to another table before any batch does no harm")]
    [TestCase(true, TestName = "Somebody who deletes our table before any batch is answered within the same apply")]
    public void Somebody_else_commits_before_any_of_its_batches(bool isOurs) => ForEachBatch((_, after, batch) =>
    {
        Interrupt(batch, () =>
        {
            if (isOurs)
            {
                Commit(NftApplier.Table, table => table.DeleteTable());
            }
            else
            {
                Commit("other", table => table.AddTable(""));
                Commit("other", table => table.DeleteTable());
            }
        });
        _applier.Apply(after);
    });

    [Test]
    public void Packets_are_waited_for_before_each_batch_from_the_end_of_the_one_before_it_on()
    {
        var log = new List<string>();
        _applier.Barrier.Dispose();
        _applier.Barrier = new Recorder(log);
        _applier.Committing = _ => log.Add("batch");
        var cluster = new RandomChanges(seed: 13, pods: 4);
        while (log.Count < 300)
        {
            _applier.Apply(cluster.Policy.Compile());
            cluster.Step();
        }

        Assert.That(log.Chunk(3), Is.All.EqualTo(new[] { "batch", "wait", "begin" }));
    }

    /// <summary>Ends in the rules of after, from those of before, with an interruption before each batch of the way.</summary>
    private void ForEachBatch(Action<Ruleset, Ruleset, int> change)
    {
        var cluster = new RandomChanges(seed: 13, pods: 4, isHost: true);
        var before = cluster.Policy.Compile();
        _applier.Apply(before);
        var (interrupted, most) = (0, 0);
        for (var i = 1; interrupted < 60; i++)
        {
            var what = cluster.Step();
            var after = cluster.Policy.Compile();
            var batches = 0;
            _applier.Committing = _ => batches++;
            _applier.Apply(after);
            for (var batch = 0; batch < batches; batch++, interrupted++)
            {
                _applier.Committing = null;
                _applier.Apply(before);
                change(before, after, batch);
                _applier.Committing = null;
                AssertHolds(after, $"change {i}, {what}, interrupted at batch {batch} of {batches}");
            }

            (before, most) = (after, Math.Max(most, batches));
        }

        Assert.That(most, Is.GreaterThanOrEqualTo(4));
    }

    private void Commit(string table, Action<NftBatch> write)
    {
        var batch = _netlink.BeginBatch(null, table);
        write(batch);
        _netlink.Commit(batch);
    }

    /// <summary>Does something once, before one of the next batches.</summary>
    private void Interrupt(int batch, Action interruption, Action<Ruleset>? onResult = null)
    {
        var next = 0;
        Ruleset? last = null;
        _applier.Committing = result =>
        {
            if (last is not null)
            {
                onResult?.Invoke(last);
            }

            last = result.Known;
            if (next++ == batch)
            {
                interruption();
            }
        };
    }

    private void AssertHolds(Ruleset expected, string why = "")
    {
        var difference = new RulesetPlan(new KernelReader(_netlink, expected, _queueing).Read(), expected);
        Assert.That(difference.IsEmpty, () => $"{why}: {difference.Describe()}");
    }

    private sealed class Recorder(List<string> log) : IPacketBarrier
    {
        public void Begin() => log.Add("begin");

        public void Wait() => log.Add("wait");

        public void Dispose() => log.Clear();
    }
}
