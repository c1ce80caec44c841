using Routing.Agent.Dataplane.Barrier;

namespace Routing.Tests.Agent.Dataplane.Barrier;

/// <summary>Which way the barrier takes. That packets are through behind it: <see cref="Policy.Netns.SlowPacketsTests"/>.</summary>
public sealed class PacketBarrierTests
{
    private const string AllowedHere = "Cpus_allowed_list:";

    private string _folder = "";

    [SetUp]
    public void Make_a_folder() => _folder = Directory.CreateTempSubdirectory("barrier").FullName;

    [TearDown]
    public void Remove_it() => Directory.Delete(_folder, recursive: true);

    [TestCase("0", new[] { 0 })]
    [TestCase("0-3", new[] { 0, 1, 2, 3 })]
    [TestCase("0-1,4,6-7", new[] { 0, 1, 4, 6, 7 })]
    public void The_kernels_list_of_processors_is_read(string list, int[] expected)
    {
        using var processors = new OnlineProcessors(Write("online", list));
        Assert.That(processors.Read(), Is.EqualTo(expected));
    }

    [Test]
    public void A_list_that_changes_is_read_again()
    {
        using var processors = new OnlineProcessors(Write("online", "0-3"));
        Assert.That(processors.Read(), Has.Length.EqualTo(4));
        Write("online", "0-2");
        Assert.That(processors.Read(), Has.Length.EqualTo(3));
    }

    [Test]
    public void Processors_that_it_may_run_on_are_visited()
    {
        Assert.That(KindWith(AllowedProcessors()), Is.EqualTo(PacketBarrierKind.Visits));
    }

    [Test]
    public void Many_processors_are_visited_by_several_threads()
    {
        var one = AllowedProcessors().Split(',', '-')[0];
        using var barrier = new PacketBarrier(
            new OnlineProcessors(Write("online", string.Join(',', Enumerable.Repeat(one, 5)))), Path.Join(_folder, "nowhere"), share: 2);
        for (var i = 0; i < 3; i++)
        {
            barrier.Begin();
            barrier.Wait();
            Assert.That(barrier.Kind, Is.EqualTo(PacketBarrierKind.Visits));
        }

        Write("online", string.Join(',', Enumerable.Repeat(one, 4).Append("8191")));
        barrier.Begin();
        barrier.Wait();
        Assert.That(barrier.Kind, Is.EqualTo(PacketBarrierKind.GracePeriod), "one of them cannot visit its share");
    }

    [Test]
    public async Task A_processor_that_is_not_free_costs_grace_periods_until_it_is()
    {
        using var isFree = new ManualResetEventSlim();
        using var barrier = new PacketBarrier(
            new OnlineProcessors(Write("online", "0-2")), Path.Join(_folder, "nowhere"), share: 1, visit: processor =>
            {
                if (processor == 1)
                {
                    isFree.Wait();
                }

                return true;
            });
        try
        {
            for (var change = 0; change < 3; change++)
            {
                Assert.That(await PassAsync(), Is.EqualTo(PacketBarrierKind.GracePeriod));
            }
        }
        finally
        {
            isFree.Set();
        }

        await Until.TrueAsync("it is visited again", async () => await PassAsync() == PacketBarrierKind.Visits);

        Task<PacketBarrierKind> PassAsync() => Task.Run(() =>
        {
            barrier.Begin();
            barrier.Wait();
            return barrier.Kind;
        }).WaitAsync(TimeSpan.FromSeconds(60)); // for a barrier that hangs
    }

    [TestCase("0,8191", null, TestName = "A processor that it cannot run on costs a grace period")]
    [TestCase(null, null, TestName = "So does not knowing the processors")]
    [TestCase("0-1", "1", TestName = "So does PREEMPT_RT, where packets are put aside half-way")]
    public void It_waits_for_a_grace_period(string? online, string? realtime) =>
        Assert.That(KindWith(online, realtime), Is.EqualTo(PacketBarrierKind.GracePeriod));

    [Test]
    public void On_one_processor_of_PREEMPT_RT_nothing_is_waited_for() => // there membarrier(2) returns at once
        Assert.That(KindWith("0", "1"), Is.EqualTo(PacketBarrierKind.None));

    private static string AllowedProcessors() =>
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith(AllowedHere, StringComparison.Ordinal))[AllowedHere.Length..].Trim();

    private PacketBarrierKind KindWith(string? online, string? realtime = null)
    {
        var nowhere = Path.Join(_folder, "nowhere");
        using var barrier = new PacketBarrier(
            new OnlineProcessors(online is null ? nowhere : Write("online", online)), realtime is null ? nowhere : Write("realtime", realtime));
        barrier.Begin();
        barrier.Wait();
        return barrier.Kind;
    }

    private string Write(string name, string text)
    {
        var path = Path.Join(_folder, name);
        File.WriteAllText(path, text + "\n");
        return path;
    }
}
