using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Kubelet;

/// <summary>Calls the CNI shim as a container runtime does (CNI 1.1.0 §2 and §3): parameters in the environment, the plugin's part
/// of the conflist on stdin.</summary>
/// <param name="conflist">The node's network configuration list.</param>
/// <param name="shimFolder">Where the plugin named in it lies.</param>
/// <param name="time">For the duration of calls.</param>
internal sealed class CniRuntime(string conflist, string shimFolder, TimeProvider time)
{
    public const string InterfaceName = "eth0";

    /// <summary>ADD: wires a pod.</summary>
    /// <returns>Its addresses, and how long the plugin took from its start to its exit.</returns>
    /// <exception cref="CniFailureException">The plugin reported an error.</exception>
    public async Task<(IReadOnlyList<IPAddress> Addresses, TimeSpan Duration)> AddAsync(
        PodSandbox sandbox, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var result = await CallAsync("ADD", sandbox, cancellationToken);
        var duration = time.GetElapsedTime(started);
        var addresses = JsonNode.Parse(result)!["ips"]!.AsArray()
            .Select(ip => IPAddress.Parse(ip!["address"]!.GetValue<string>().Split('/')[0]));
        return ([.. addresses], duration);
    }

    /// <summary>DEL: takes a pod off the network.</summary>
    /// <exception cref="CniFailureException">The plugin reported an error.</exception>
    public Task DelAsync(PodSandbox sandbox, CancellationToken cancellationToken) =>
        CallAsync("DEL", sandbox, cancellationToken);

    /// <summary>STATUS: whether the plugin can take an ADD.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(conflist))
        {
            return false;
        }

        try
        {
            await CallAsync("STATUS", null, cancellationToken);
            return true;
        }
        catch (CniFailureException)
        {
            return false;
        }
    }

    private async Task<string> CallAsync(string command, PodSandbox? sandbox, CancellationToken cancellationToken)
    {
        var list = JsonNode.Parse(await File.ReadAllTextAsync(conflist, cancellationToken))!.AsObject();
        var plugin = list["plugins"]![0]!.DeepClone().AsObject();
        plugin["cniVersion"] = list["cniVersion"]!.DeepClone();
        plugin["name"] = list["name"]!.DeepClone();

        var program = Path.Combine(shimFolder, plugin["type"]!.GetValue<string>());
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Parameters(command, sandbox))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardInput.WriteAsync(plugin.ToJsonString().AsMemory(), cancellationToken);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? await output
            : throw new CniFailureException(command, sandbox?.Pod, Describe(await output, await errors));
    }

    private Dictionary<string, string> Parameters(string command, PodSandbox? sandbox) => sandbox is null
        ? new() { ["CNI_COMMAND"] = command, ["CNI_PATH"] = shimFolder }
        : new()
    {
        ["CNI_COMMAND"] = command,
        ["CNI_CONTAINERID"] = sandbox.ContainerId,
        ["CNI_NETNS"] = sandbox.NetnsPath,
        ["CNI_IFNAME"] = InterfaceName,
        ["CNI_PATH"] = shimFolder,
        ["CNI_ARGS"] = $"IgnoreUnknown=1;K8S_POD_NAMESPACE={sandbox.Pod.Namespace};K8S_POD_NAME={sandbox.Pod.Name};"
            + $"K8S_POD_INFRA_CONTAINER_ID={sandbox.ContainerId};K8S_POD_UID={sandbox.PodUid}",
    };

    /// <summary>The plugin's own words (CNI 1.1.0 §5 Error), or whatever it printed.</summary>
    private static string Describe(string output, string errors)
    {
        try
        {
            if (JsonNode.Parse(output) is JsonObject error && error["msg"] is { } message)
            {
                return $"{message}{(error["details"] is { } details ? $": {details}" : "")} (code {error["code"]})";
            }
        }
        catch (System.Text.Json.JsonException)
        {
            // not an error object
        }

        return $"{output}{errors}".ReplaceLineEndings(" ").Trim();
    }
}
