using System.Net;
using System.Net.Sockets;
using Routing.Agent.Grpc;
using Routing.Tests.Fakes;

namespace Routing.Tests.Netns;

[Category("Netns")]
internal sealed class InterfaceTrafficTests
{
    /// <summary>A node of the lab sees the /sys of the machine, where its interfaces are not.</summary>
    [Test]
    public void What_comes_in_is_counted_where_sys_is_of_another_namespace()
    {
        using var node = TestNamespace.Create("node");
        using var router = TestNamespace.Create("router");
        node.Connect(router, "uplink", "eth0");
        node.Ip("addr", "add", "192.0.2.1/24", "dev", "uplink");
        router.Ip("addr", "add", "192.0.2.2/24", "dev", "eth0");
        var time = new ManualTime();
        var traffic = new InterfaceTraffic(time, new Dictionary<string, IPAddress> { ["tor"] = IPAddress.Parse("192.0.2.1") });
        (string Interface, double OctetsPerSecond) Read() => node.Inner.Run(() => traffic.Read()["tor"]);

        Assert.That(Read(), Is.EqualTo(("uplink", 0.0)), "nothing to compare with yet");

        using var sender = router.Inner.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.That(
            SpinWait.SpinUntil(
                () =>
                {
                    sender.SendTo(new byte[1000], new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9));
                    time.Advance(TimeSpan.FromSeconds(1));
                    return Read().OctetsPerSecond >= 1000;
                },
                TimeSpan.FromSeconds(60)));
    }
}
