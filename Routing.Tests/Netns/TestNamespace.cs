using Routing.Agent.Namespaces;
using Routing.Agent.Netlink.Route;

namespace Routing.Tests.Netns;

/// <summary>A network namespace for one test, with its loopback up, visible to `ip netns` under a name of its own and
/// gone with <see cref="Dispose"/>, also when the test failed.</summary>
/// <example><code>
/// using var node = TestNamespace.Create("node");
/// using var pod = TestNamespace.Create("pod");
/// node.Connect(pod, "eth0", "eth0");
/// TestContext.Out.WriteLine(node.Ip("addr"));
/// </code></example>
internal sealed class TestNamespace : IDisposable
{
    private static int _counter;

    private TestNamespace(string name, NetworkNamespace inner) => (Name, Inner) = (name, inner);

    /// <summary>The `ip netns` name: unique over test runs.</summary>
    public string Name { get; }

    /// <summary>The open namespace.</summary>
    public NetworkNamespace Inner { get; }

    /// <param name="role">A short word that tells the namespaces of a test apart in its output.</param>
    public static TestNamespace Create(string role = "ns")
    {
        Requires.Root();
        var name = $"test-{Environment.ProcessId}-{Interlocked.Increment(ref _counter)}-{role}";
        var result = new TestNamespace(name, NetworkNamespace.Create(name));
        try
        {
            using var netlink = result.OpenRouteNetlink();
            netlink.ChangeLink(netlink.FindLink("lo")!.IfIndex, new LinkChange { Up = true });
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>rtnetlink inside.</summary>
    public RouteNetlink OpenRouteNetlink() => RouteNetlink.Open(Inner);

    /// <summary>Joins two namespaces by a veth pair, both sides up and running.</summary>
    /// <returns>This side; its <see cref="Link.PeerIfIndex"/> is the index of the other.</returns>
    public Link Connect(TestNamespace other, string name, string otherName)
    {
        using var netlink = OpenRouteNetlink();
        using var otherNetlink = other.OpenRouteNetlink();
        var link = netlink.CreateVeth(new VethSpec(name, otherName, other.Inner.Handle) { Up = true });
        otherNetlink.ChangeLink(link.PeerIfIndex!.Value, new LinkChange { Up = true });
        Assert.That(
            SpinWait.SpinUntil(
                () => netlink.FindLink(name)!.IsRunning && otherNetlink.FindLink(otherName)!.IsRunning,
                TimeSpan.FromSeconds(60)),
            $"{name} and {otherName} run");
        return netlink.FindLink(name)!;
    }

    /// <summary>Runs `ip` inside and returns what it printed: the tests' oracle.</summary>
    public string Ip(params string[] arguments) => Tool.Run("ip", ["-n", Name, .. arguments]);

    /// <summary>Runs `nft` inside and returns what it printed: the tests' oracle.</summary>
    public string Nft(params string[] arguments) => Run("nft", arguments);

    /// <summary>Runs a program inside and returns what it printed; fails the test when the program fails.</summary>
    public string Run(string program, params string[] arguments) =>
        Tool.Run("ip", ["netns", "exec", Name, Requires.Tool(program), .. arguments]);

    /// <inheritdoc/>
    public void Dispose()
    {
        Inner.Dispose();
        NetworkNamespace.Delete(Name);
    }
}
