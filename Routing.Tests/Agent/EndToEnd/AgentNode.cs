using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Routing.Agent.Cli;
using Routing.Agent.Lab.Api;
using Routing.Agent.Lab.Processes;
using Routing.Tests.Cni;
using Routing.Tests.Lab.Api;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.EndToEnd;

/// <summary>A node as its own namespace, an API server that it reaches there, and the real `routing agent` as a
/// process.</summary>
internal sealed class AgentNode : IAsyncDisposable
{
    private const string NodeManifest = """
        {"apiVersion": "v1", "kind": "Node",
         "metadata": {"name": "node-1", "annotations": {"routing.dev/asn": "65001", "routing.dev/location": "52.5,13.4"}},
         "spec": {"podCIDRs": ["10.1.0.0/26", "fd00:1::/64"]},
         "status": {"addresses": [{"type": "InternalIP", "address": "172.30.1.2"}]}}
        """;

    private readonly List<string> _output = [];
    private Process? _agent;

    private AgentNode(TestNamespace inside, int port)
    {
        (Namespace, Port) = (inside, port);
        StateDirectory = Path.Combine(Directory.CreateTempSubdirectory("agent").FullName, "state");
    }

    public TestNamespace Namespace { get; }

    public TestApi? Api { get; private set; }

    public string StateDirectory { get; }

    public string AgentSocket => Path.Combine(StateDirectory, "agent.sock");

    public string Kubeconfig => Path.Combine(Path.GetDirectoryName(StateDirectory)!, "kubeconfig");

    /// <summary>The API server's port, in the host's namespace and in the node's.</summary>
    public int Port { get; }

    /// <summary>Everything the agents printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    public bool IsRunning => _agent is { HasExited: false };

    /// <summary>A node with an API server that knows it.</summary>
    public static async Task<AgentNode> CreateAsync(bool withApi = true, bool withNode = true)
    {
        Requires.Root();
        var node = new AgentNode(TestNamespace.Create("node"), FreePort.Next());
        try
        {
            var server = await LabApiServer.StartAsync(new LabApiOptions()); // for a certificate and token while there is no API
            server.WriteKubeconfig(node.Kubeconfig, new Uri($"https://127.0.0.1:{node.Port}"));
            await server.DisposeAsync();
            if (withApi)
            {
                await node.StartApiAsync();
                if (withNode)
                {
                    await node.CreateNodeAsync();
                }
            }

            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <param name="audit">Told of every call.</param>
    public async Task StartApiAsync(Action<ApiCall>? audit = null)
    {
        Api = await TestApi.StartAsync(new LabApiOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, Port),
            ListenHandles = [ListenInside()],
            Audit = audit,
        });
        Api.Server.WriteKubeconfig(Kubeconfig);
    }

    public Task CreateNodeAsync() => Api!.OkAsync("POST", "/api/v1/nodes", NodeManifest);

    /// <summary>Creates a pod that is bound to the node.</summary>
    public Task CreatePodAsync(string name, string labels = "{}") => Api!.OkAsync("POST", "/api/v1/namespaces/default/pods", $$$"""
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "{{{name}}}", "labels": {{{labels}}}},
         "spec": {"nodeName": "node-1", "containers": [{"name": "c", "image": "i"}]}}
        """);

    /// <summary>Starts an agent; one that ran before must have ended.</summary>
    public void StartAgent(params string[] more)
    {
        var start = new ProcessStartInfo(Repository.PathOf("Routing.Agent/bin/Release/net10.0/routing"),
            ["agent", "--node", "node-1", "--kubeconfig", Kubeconfig, "--state-dir", StateDirectory, .. more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _agent = Namespace.Inner.Run(() => Process.Start(start)!); // a child is born in its parent thread's namespace
        _agent.OutputDataReceived += (_, line) => Note(line.Data);
        _agent.ErrorDataReceived += (_, line) => Note(line.Data);
        _agent.BeginOutputReadLine();
        _agent.BeginErrorReadLine();
    }

    /// <summary>Runs a program in the node's namespace to its end.</summary>
    public async Task<(int Code, string Error)> RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true };
        using var process = Namespace.Inner.Run(() => Process.Start(start)!);
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, error);
    }

    /// <summary>Sends a signal and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAgentAsync(int signal = Signals.Terminate)
    {
        Signals.Send(_agent!.Id, signal);
        await _agent.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _agent.ExitCode;
    }

    /// <summary>Runs an operator's verb in this process.</summary>
    public async Task<(int Code, string Output, string Error)> AskAsync(params string[] verb)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync([.. verb, "--socket", AgentSocket], output, error);
        return (code, output.ToString(), error.ToString());
    }

    public Task ReadyAsync() => Until.TrueAsync(
        $"the agent is ready; it printed:\n{Output}",
        () => AskAsync("status").GetAwaiter().GetResult().Code == 0);

    /// <summary>Runs the shim for a pod, as kubelet would.</summary>
    public Task<CniCall> CniAsync(string command, string pod, TestNamespace inside) => CniCall.RunAsync(
        $$"""{"cniVersion": "1.1.0", "name": "pods", "type": "routing-cni", "socket": "{{StateDirectory}}/cni.sock"}""",
        ("CNI_COMMAND", command), ("CNI_CONTAINERID", $"c-{pod}"), ("CNI_NETNS", $"/run/netns/{inside.Name}"),
        ("CNI_IFNAME", "eth0"), ("CNI_PATH", "/opt/cni/bin"),
        ("CNI_ARGS", $"IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME={pod}"));

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await EndAgentAsync(Signals.Kill);
        }

        _agent?.Dispose();
        if (Api is not null)
        {
            await Api.DisposeAsync();
        }

        Namespace.Dispose();
        Directory.Delete(Path.GetDirectoryName(StateDirectory)!, recursive: true);
    }

    private int ListenInside() => Namespace.Inner.Run(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        socket.Listen(128);
        var descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        socket.SafeHandle.SetHandleAsInvalid(); // the server closes it
        return descriptor;
    });

    private void Note(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.Add(line);
            }
        }
    }
}
