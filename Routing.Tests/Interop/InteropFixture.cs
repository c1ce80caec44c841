using Routing.Tests.Interop.Daemons;
using Routing.Tests.Netns;

namespace Routing.Tests.Interop;

/// <summary>Namespaces on links of their own, and daemons in them; all of it gone after each test.</summary>
internal abstract class InteropFixture
{
    private readonly List<IDisposable> _namespaces = [];
    private readonly List<BgpDaemon> _daemons = [];

    [SetUp]
    public void Need_root() => Requires.Root();

    [TearDown]
    public async Task CleanUpAsync()
    {
        foreach (var daemon in _daemons)
        {
            await daemon.DisposeAsync();
        }

        _namespaces.ForEach(place => place.Dispose());
        _daemons.Clear();
        _namespaces.Clear();
    }

    /// <summary>Two namespaces on a link.</summary>
    protected (TestNamespace Left, TestNamespace Right) Link(string left, string right, int link)
    {
        var place = TestNamespace.Create(left);
        _namespaces.Add(place);
        return (place, Connect(place, right, link));
    }

    /// <summary>Another namespace on a link of its own: 10.9.LINK.1 here, 10.9.LINK.2 there.</summary>
    protected TestNamespace Connect(TestNamespace place, string name, int link)
    {
        var other = TestNamespace.Create(name);
        _namespaces.Add(other);
        place.Connect(other, $"to-{name}", $"eth{link}");
        place.Ip("addr", "add", $"10.9.{link}.1/24", "dev", $"to-{name}");
        place.Ip("addr", "add", $"fd00:9:{link}::1/64", "dev", $"to-{name}", "nodad");
        other.Ip("addr", "add", $"10.9.{link}.2/24", "dev", $"eth{link}");
        other.Ip("addr", "add", $"fd00:9:{link}::2/64", "dev", $"eth{link}", "nodad");
        return other;
    }

    protected async Task<T> StartAsync<T>(string kind, TestNamespace place, DaemonConfig config)
        where T : BgpDaemon
    {
        var daemon = (T)BgpDaemon.Create(kind, place);
        _daemons.Add(daemon);
        await daemon.StartAsync(config);
        return daemon;
    }

    /// <summary>The one path that a daemon learned of a prefix.</summary>
    protected static async Task<DaemonRoute> RouteAsync(BgpDaemon daemon, string prefix) =>
        (await daemon.ReadRoutesAsync()).Single(route => route.Prefix == prefix);

    protected static DaemonPeer Peer(int local, int remote, uint asn, bool passive, int link = 1) =>
        new($"10.9.{link}.{remote}", asn, $"10.9.{link}.{local}") { Passive = passive };

    protected static DaemonPeer PeerV6(int local, int remote, uint asn, bool passive, int link = 1) =>
        new($"fd00:9:{link}::{remote}", asn, $"fd00:9:{link}::{local}") { Passive = passive };
}
