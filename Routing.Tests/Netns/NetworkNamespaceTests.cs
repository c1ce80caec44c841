using System.Net;
using System.Net.Sockets;
using Routing.Agent.Namespaces;
using Routing.Agent.Netlink;

namespace Routing.Tests.Netns;

[Category("Netns")]
internal sealed class NetworkNamespaceTests
{
    [SetUp]
    public void Need_root() => Requires.Root();

    [Test]
    public void A_named_namespace_is_one_of_ip_netns_until_it_is_deleted()
    {
        string name;
        using (var ns = TestNamespace.Create())
        {
            name = ns.Name;
            Assert.That(Tool.Run("ip", "netns", "list"), Does.Contain(name));
            Assert.That(ns.Ip("link"), Does.Contain("LOOPBACK,UP"));
        }

        Assert.That(Tool.Run("ip", "netns", "list"), Does.Not.Contain(name));
        Assert.That(NetworkNamespace.Delete(name), Is.False, "deleting twice is fine");
    }

    [Test]
    public void A_name_that_is_taken_is_refused_and_keeps_its_namespace()
    {
        using var first = TestNamespace.Create();
        first.Ip("link", "set", "lo", "mtu", "9000");

        var refusal = Assert.Throws<NetlinkException>(() => NetworkNamespace.Create(first.Name));

        Assert.That(refusal!.Message, Does.Contain(first.Name).And.Contain("errno 17"));
        Assert.That(first.Ip("link"), Does.Contain("mtu 9000"));
    }

    [Test]
    public void A_namespace_of_ip_netns_can_be_opened_and_deleted()
    {
        var name = $"test-{Environment.ProcessId}-ip";
        Tool.Run("ip", "netns", "add", name);
        try
        {
            using var ns = NetworkNamespace.OpenNamed(name);
            Assert.That(ns.Run(() => File.ReadAllText("/proc/thread-self/net/dev")), Does.Contain("lo:"));
        }
        finally
        {
            Assert.That(NetworkNamespace.Delete(name), Is.True);
        }

        Assert.That(File.Exists($"/run/netns/{name}"), Is.False);
    }

    [TestCase("")]
    [TestCase("..")]
    [TestCase("../../etc/passwd")]
    public void A_name_that_leads_out_of_the_folder_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => NetworkNamespace.Create(name));
        Assert.Throws<ArgumentException>(() => NetworkNamespace.Delete(name));
    }

    [Test]
    public void A_missing_namespace_is_refused_by_its_path()
    {
        var refusal = Assert.Throws<NetlinkException>(() => NetworkNamespace.OpenPath("/run/netns/nobody"));
        Assert.That(
            refusal!.Message, Does.StartWith("open network namespace /run/netns/nobody").And.Contain("errno 2"));
    }

    [Test]
    public void A_file_that_is_no_namespace_is_refused_on_use()
    {
        using var file = NetworkNamespace.OpenPath("/etc/passwd");
        var refusal = Assert.Throws<NetlinkException>(() => file.Run(() => 1));
        Assert.That(refusal!.Operation, Is.EqualTo("enter network namespace"));
    }

    [Test]
    public void Work_inside_leaves_the_callers_thread_outside()
    {
        using var ns = TestNamespace.Create();
        var before = Where();
        var inside = ns.Inner.Run(Where);
        Assert.That(inside, Is.Not.EqualTo(before));
        Assert.That(Where(), Is.EqualTo(before));
        var failure = Assert.Throws<InvalidOperationException>(
            () => ns.Inner.Run(() => throw new InvalidOperationException("x")));
        Assert.That(failure!.Message, Is.EqualTo("x"), "the work's own exception arrives");

        static string Where() => new FileInfo("/proc/thread-self/ns/net").LinkTarget!;
    }

    [Test]
    public void Settings_are_the_namespaces_own()
    {
        using var ns = TestNamespace.Create();
        using var other = TestNamespace.Create();

        ns.Inner.WriteSysctls([new("ipv4/ip_forward", "1"), new("ipv6/conf/all/forwarding", "1")]);

        Assert.Multiple(() =>
        {
            Assert.That(ns.Inner.ReadSysctl("ipv4/ip_forward"), Is.EqualTo("1"));
            Assert.That(other.Inner.ReadSysctl("ipv4/ip_forward"), Is.EqualTo("0"));
            Assert.That(ns.Run("sysctl", "-n", "net.ipv4.ip_forward"), Does.StartWith("1"));
            Assert.That(Assert.Throws<NetlinkException>(() => ns.Inner.WriteSysctl("ipv4/nothing", "1"))!.Message,
                Does.StartWith("write sysctl /proc/sys/net/ipv4/nothing = 1"));
        });
    }

    [Test]
    public void A_socket_opened_inside_stays_inside()
    {
        using var ns = TestNamespace.Create();
        using var listener = ns.Inner.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;

        using var client = ns.Inner.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(IPAddress.Loopback, port);
        using var outside = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        Assert.Throws<SocketException>(() => outside.Connect(IPAddress.Loopback, port));
    }
}
