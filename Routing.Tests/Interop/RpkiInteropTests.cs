using Routing.Tests.Interop.Daemons;

namespace Routing.Tests.Interop;

/// <summary>A real cache of the RPKI to router protocol, and what its payloads do to the routes of a real neighbour.</summary>
[TestFixture]
[Category("Interop")]
internal sealed class RpkiInteropTests : InteropFixture
{
    private const string One = "10.201.0.0/24";
    private const string Two = "10.202.0.0/24";

    [Test]
    public async Task Routes_follow_what_the_cache_says_of_their_origin()
    {
        var (us, them) = Link("us", "them", 1);
        using var cache = new StayRtr(us, (One, 24, 65001), (Two, 24, 65002));
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.1.1",
            Further = $"rpki: {{caches: [{{address: 127.0.0.1, port: {StayRtr.Port}}}]}}",
            Trailer = """
                ---
                apiVersion: routing.dev/v1alpha1
                kind: BGPFilter
                metadata: {name: no-invalids}
                spec: {importV4: [{action: Reject, originValidation: [Invalid]}]}
                """,
            Peers = [Peer(1, 2, 65001, passive: true) with { Further = "filters: [no-invalids]" }],
        });
        await StartAsync<BgpDaemon>("bird", them, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Originate = [One, Two],
            Peers = [Peer(2, 1, 65000, passive: false)],
        });
        await Until.TrueAsync("the cache has told", async () =>
            await ours.ReadRpkiAsync() is { Ipv4Vrps: 2, Caches: [{ State: "Synchronized", Used: true, Vrps: 2 }] });
        await ours.WaitForAsync(One);
        Assert.That(await ours.HasAsync(Two), Is.False, "its origin is another AS");
        Assert.That((await ours.ReadRoutesAsync()).Single().Detail, Does.Contain("\"originValidation\": \"Valid\""));

        cache.Write((One, 24, 65009), (Two, 24, 65001)); // a Serial Notify, and only changes
        await ours.WaitForAsync(Two);
        await ours.WaitForLossAsync(One);

        cache.Kill();
        await Until.TrueAsync("the cache is away", async () => (await ours.ReadRpkiAsync())?.Caches[0].State != "Synchronized");
        Assert.That(await ours.HasAsync(Two), "its data stand until they expire");
    }

    [Test]
    public async Task Paths_follow_what_customers_say_of_their_providers() // draft-ietf-sidrops-aspa-verification §6
    {
        var (us, them) = Link("us", "them", 1);
        await using var cache = new AspaCache(us, (65010, [65001]), (65011, [65009]));
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.1.1",
            Further = $"rpki: {{caches: [{{address: 127.0.0.1, port: {AspaCache.Port}, version: 2}}]}}",
            Trailer = """
                ---
                apiVersion: routing.dev/v1alpha1
                kind: BGPFilter
                metadata: {name: no-leaks}
                spec: {importV4: [{action: Reject, aspaValidation: [Invalid]}]}
                """,
            Peers = [Peer(1, 2, 65001, passive: true) with { Further = "role: Provider\nfilters: [no-leaks]" }],
        });
        var exabgp = await StartAsync<ExabgpDaemon>("exabgp", them, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Peers = [Peer(2, 1, 65000, passive: false)],
        });
        await Until.TrueAsync("the cache has told", async () =>
            await ours.ReadRpkiAsync() is { Aspas: 2, Caches: [{ State: "Synchronized", Used: true, Aspas: 2 }] }, 30);
        await ours.WaitForSessionsAsync(1);
        exabgp.Say($"announce route {Two} next-hop self as-path [65001 65011]");
        exabgp.Say($"announce route {One} next-hop self as-path [65001 65010]");
        await ours.WaitForAsync(One);
        Assert.That((await ours.ReadRoutesAsync()).Single().Detail, Does.Contain("\"aspaValidation\": \"Valid\""));
        Assert.That((await ours.ReadPeersAsync()).Single().Families.Single().Received, Is.EqualTo(2u), "65011 names another provider");

        cache.Write((65010, [65009]), (65011, [65001, 65009]));
        await ours.WaitForAsync(Two);
        await ours.WaitForLossAsync(One);
    }
}
