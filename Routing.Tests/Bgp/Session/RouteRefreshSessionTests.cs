using System.Collections.Immutable;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>ROUTE-REFRESH on a session: marks (RFC 7313), filters (RFC 5291).</summary>
[TestFixture]
internal sealed class RouteRefreshSessionTests
{
    [Test]
    public async Task Marks_reach_the_RIB_among_the_routes_and_a_refresh_without_end_is_ended()
    {
        await using var bench = new SessionBench(passive: true);
        await using var peer = await bench.EstablishedAsync(With(new EnhancedRouteRefreshCapability(), holdTime: 0));
        await SendAsync(peer, RouteRefreshSubtype.Begin);
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("BeginOfRefresh IPv4Unicast"));
        await peer.SendAsync(Messages.Announce("10.1.0.0/16"));
        Assert.That(await bench.Rib.NextAsync(), Does.StartWith("Announce"));
        await SendAsync(peer, RouteRefreshSubtype.End);
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("EndOfRefresh IPv4Unicast"));

        await SendAsync(peer, RouteRefreshSubtype.Begin);
        Assert.That(await bench.Rib.NextAsync(), Does.StartWith("BeginOfRefresh"));
        await bench.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("refresh time expired IPv4Unicast"));
    }

    [Test]
    public async Task Marks_from_a_peer_without_the_capability_mean_nothing()
    {
        await using var bench = new SessionBench(passive: true);
        await using var peer = await bench.EstablishedAsync();
        await SendAsync(peer, RouteRefreshSubtype.Begin);
        await SendAsync(peer, RouteRefreshSubtype.Request);
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("refresh IPv4Unicast"));
    }

    [Test]
    public async Task What_we_want_is_said_as_soon_as_the_session_stands()
    {
        ImmutableArray<PrefixOrf> filters =
        [
            .. Enumerable.Range(1, RouteRefreshMessage.MostFilters + 1).Select(i => new PrefixOrf(
                PrefixOrfAction.Add, false, (uint)i, 0, 0, Prefix.Create(AfiSafi.IPv4Unicast, (uint)i << 8, 24))),
        ];
        await using var bench = new SessionBench(
            passive: true, change: settings => settings with { SentFilters = filters });
        await using var peer = await bench.EstablishedAsync(With(
            new OutboundFilterCapability([new OrfFamily(AfiSafi.IPv4Unicast, OrfMode.Receive)])));
        var first = await ReceiveRefreshAsync(peer);
        var second = await ReceiveRefreshAsync(peer);
        Assert.That((first.IsDeferred, second.IsDeferred), Is.EqualTo((true, false)), "the last one asks for routes");
        Assert.That(first.Filters.AddRange(second.Filters), Is.EqualTo(filters));
    }

    [Test]
    public async Task A_request_brings_its_filters_to_the_RIB()
    {
        await using var bench = new SessionBench(
            passive: true, change: settings => settings with { ReceivesFilters = true });
        await using var peer = await bench.EstablishedAsync(With(
            new OutboundFilterCapability([new OrfFamily(AfiSafi.IPv4Unicast, OrfMode.Send)])));
        Assert.That(bench.Rib.Up!.ReceivesFilters, Is.EqualTo(new[] { AfiSafi.IPv4Unicast }));
        await peer.SendAsync(Hex("0001 00 01 01 40 000A 00 00000005 00 00 10 0A01"));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("refresh IPv4Unicast 10.1.0.0/16"));
    }

    private static byte[] Hex(string body) => Wire.Hex.Message(5, body);

    private static OpenMessage With(Capability capability, ushort holdTime = 90)
    {
        var open = ScriptedPeer.Open(holdTime: holdTime);
        return open with { Capabilities = open.Capabilities.Add(capability) };
    }

    private static Task SendAsync(ScriptedPeer peer, RouteRefreshSubtype subtype) => peer.SendAsync((ref WireWriter writer) =>
        new RouteRefreshMessage(AfiSafi.IPv4Unicast) { Subtype = subtype }.Encode(ref writer));

    private static async Task<RouteRefreshMessage> ReceiveRefreshAsync(ScriptedPeer peer)
    {
        while (await peer.ReceiveAsync() is { } message)
        {
            if (message.Type == MessageType.RouteRefresh)
            {
                Assert.That(RouteRefreshMessage.TryDecode(message.Body, out var refresh, out _));
                return refresh!;
            }
        }

        throw new AssertionException("the connection ended");
    }
}
