using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Dataplane.Fib;
using Routing.Agent.Netlink.Route;
using Routing.Bgp.Speaker;
using Routing.Tests.Fakes;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.Fib;

/// <summary>How often the table is read for the speaker.</summary>
[TestFixture]
internal sealed class InteriorRouteFeedTests
{
    [Test]
    public async Task The_table_is_read_once_and_events_cost_what_they_change()
    {
        using var log = new LogLines();
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        using var netlink = new FakeRouteNetlink();
        for (var i = 0; i < 1000; i++)
        {
            netlink.PutForeign(Entry(i));
        }

        using var stop = new CancellationTokenSource();
        var feed = new InteriorRouteFeed(netlink, TimeProvider.System, loggers.CreateLogger<InteriorRouteFeed>());
        var running = feed.RunAsync(stop.Token);
        await using var first = await StartSpeakerAsync();
        feed.OnSpeaker(first);
        await SaysAsync("1001 interior routes lead to next hops");
        for (var i = 1000; i < 1010; i++)
        {
            feed.OnKernelRoute(new RouteEvent.RouteChanged(Entry(i), Deleted: false));
            await SaysAsync("1 interior routes have changed", times: i - 999);
        }

        Assert.That(netlink.RouteListings, Is.EqualTo(1));
        await using var second = await StartSpeakerAsync();
        feed.OnSpeaker(second);
        await SaysAsync("1011 interior routes lead to next hops");
        Assert.That(netlink.RouteListings, Is.EqualTo(1), "a new speaker is told what is known");

        netlink.PutForeign(Entry(2000));
        feed.OnResyncDue();
        await SaysAsync("11 interior routes have changed"); // the ten were never put into the table
        Assert.That(netlink.RouteListings, Is.EqualTo(2));

        for (var i = 0; i <= InteriorRouteFeed.MostEvents + 1; i++)
        {
            feed.OnKernelRoute(new RouteEvent.RouteChanged(Entry(3000 + i), Deleted: false));
        }

        netlink.PutForeign(Entry(2001));
        feed.OnResyncDue();
        await Until.TrueAsync("it is read when there are too many", () => netlink.RouteListings >= 3);
        await stop.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());

        Task SaysAsync(string text, int times = 1) => Until.TrueAsync(
            text, () => log.Lines.Count(line => line.EndsWith(text, StringComparison.Ordinal)) >= times);
    }

    private static async Task<BgpSpeaker> StartSpeakerAsync()
    {
        var speaker = new BgpSpeaker(
            new SpeakerConfig { Asn = 65000, RouterId = IPAddress.Parse("10.0.0.1") }, [], TimeProvider.System, NullLoggerFactory.Instance);
        await speaker.StartAsync(CancellationToken.None);
        return speaker;
    }

    private static RouteEntry Entry(int number) => new(
        IPNetwork.Parse($"10.{number >> 8}.{number & 255}.0/24"), [new RouteNextHop(IPAddress.Parse("192.0.2.1"), 2)])
    {
        Protocol = RouteProtocol.Static,
    };
}
