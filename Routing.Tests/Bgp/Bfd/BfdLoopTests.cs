using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Bfd;
using Routing.Tests.Netns;

namespace Routing.Tests.Bgp.Bfd;

/// <summary>The loop over real sockets, between two namespaces.</summary>
[TestFixture]
[Category("Netns")]
[NonParallelizable]
public sealed class BfdLoopTests
{
    /// <summary>Half a second: no session fails because a virtual machine stood still for a moment.</summary>
    private static readonly BfdOptions Steady = new()
    {
        MinimumTransmitInterval = TimeSpan.FromMilliseconds(500),
        MinimumReceiveInterval = TimeSpan.FromMilliseconds(500),
    };

    private TestNamespace _left = null!;
    private TestNamespace _right = null!;

    [SetUp]
    public void SetUp()
    {
        _left = TestNamespace.Create("left");
        _right = TestNamespace.Create("right");
        _left.Connect(_right, "eth0", "eth0");
        _left.Ip("addr", "add", "10.9.1.1/24", "dev", "eth0");
        _right.Ip("addr", "add", "10.9.1.2/24", "dev", "eth0");
        _left.Ip("addr", "add", "fe80::1/64", "dev", "eth0", "nodad");
        _right.Ip("addr", "add", "fe80::2/64", "dev", "eth0", "nodad");
    }

    [TearDown]
    public void TearDown()
    {
        _left.Dispose();
        _right.Dispose();
    }

    [Test]
    public async Task A_busy_process_without_a_free_pool_thread_holds_its_sessions()
    {
        await using var left = NewLoop();
        await using var right = NewLoop();
        using var one = Open(_left, left, "10.9.1.2");
        using var two = Open(_right, right, "10.9.1.1");
        await UpAsync(one, two);
        var sent = one.Status!.PacketsSent;

        using var done = new ManualResetEventSlim();
        ThreadPool.GetMinThreads(out var workers, out _);
        var blocked = Enumerable.Range(0, workers * 4).Select(_ => Task.Run(done.Wait)).ToList(); // nobody is left to run tasks
        var busy = Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => new Thread(() => Burn(done))).ToList();
        busy.ForEach(thread => thread.Start());
        SpinWait.SpinUntil(() => one.Status!.PacketsSent > sent + 8, TimeSpan.FromSeconds(60));
        done.Set();
        busy.ForEach(thread => thread.Join());
        await Task.WhenAll(blocked);

        Assert.That(one.Status!.PacketsSent, Is.GreaterThan(sent + 8));
        Assert.That((one.Status!.Failures, two.Status!.Failures), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_session_of_link_local_addresses_comes_up_and_ends_without_a_failure()
    {
        await using var left = NewLoop();
        await using var right = NewLoop();
        using var one = Open(_left, left, ScopedAddress(_left, "fe80::2"));
        var two = Open(_right, right, ScopedAddress(_right, "fe80::1"));
        await UpAsync(one, two);
        two.Dispose();
        await Until.TrueAsync("the other side hears of it", () => one.Status is { State: BfdState.Down });
        Assert.That(one.Status!.RemoteState, Is.EqualTo(BfdState.AdminDown));
        Assert.That(one.Status!.Failures, Is.Zero);
        await right.DisposeAsync();
        await right.DisposeAsync(); // as a speaker does that is stopped and then disposed
    }

    [Test]
    public async Task A_port_that_another_daemon_has_is_tried_again_and_the_rest_goes_on()
    {
        await using var first = NewLoop();
        await using var second = NewLoop();
        using var one = Open(_left, first, "10.9.1.2");
        await Until.TrueAsync("it has begun", () => one.Status is not null);
        using var refused = Open(_left, second, "10.9.1.2");
        await Until.TrueAsync("it has begun too, and sends", () => refused.Status is { PacketsSent: > 0 });
        Assert.That(refused.Status!.State, Is.EqualTo(BfdState.Down));

        await first.DisposeAsync(); // the other daemon ends
        await using var right = NewLoop();
        using var peer = Open(_right, right, "10.9.1.1");
        await UpAsync(refused, peer);
    }

    private static BfdLoop NewLoop() => new(TimeProvider.System, NullLogger<BfdLoop>.Instance);

    private static string ScopedAddress(TestNamespace place, string address)
    {
        using var netlink = place.OpenRouteNetlink();
        return $"{address}%{netlink.FindLink("eth0")!.IfIndex}";
    }

    // The loop's thread, and so its sockets, are in the namespace of whoever opens its first session.
    private static IBfdSubscription Open(TestNamespace place, BfdLoop loop, string remote) =>
        place.Inner.Run(() => loop.Open(new BfdTarget(IPAddress.Parse(remote), Interface: "eth0"), Steady, static () => { }));

    private static Task UpAsync(params IBfdSubscription[] sessions) => Until.TrueAsync(
        "both sides are up at the agreed interval",
        () => sessions.All(session => session.Status is { State: BfdState.Up, DetectionTime.TotalMilliseconds: 1500 }));

    private static void Burn(ManualResetEventSlim done)
    {
        object? kept = null;
        while (!done.IsSet)
        {
            kept = new byte[1000 + (kept is null ? 1 : 0)]; // work for the collector
        }
    }
}
