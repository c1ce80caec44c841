using System.Net;
using System.Net.Sockets;
using Routing.Agent.Lab.Api;
using Routing.Tests.Netns;

namespace Routing.Tests.Lab.Api;

/// <summary>A node's processes reach the API inside their own network namespace.</summary>
[Category("Netns")]
internal sealed class ListenHandleTests
{
    [Test]
    public async Task Serves_on_a_socket_that_was_opened_in_another_namespace()
    {
        Requires.Tool("kubectl");
        using var node = TestNamespace.Create();
        var (handle, port) = node.Inner.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.Listen();
            var bound = ((IPEndPoint)socket.LocalEndPoint!).Port;
            var descriptor = (int)socket.SafeHandle.DangerousGetHandle();
            socket.SafeHandle.SetHandleAsInvalid(); // the server's to close from now on
            return (descriptor, bound);
        });
        await using var api = await TestApi.StartAsync(new LabApiOptions { ListenHandles = [handle] });
        api.Server.WriteKubeconfig(api.Kubeconfig, new Uri($"https://127.0.0.1:{port}"));

        var output = Tool.Run("ip", "netns", "exec", node.Name, Requires.Tool("kubectl"), $"--kubeconfig={api.Kubeconfig}", "get", "ns", "-o", "name");

        Assert.That(output, Does.Contain("namespace/kube-system"));
    }
}
