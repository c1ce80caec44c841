using System.Text.Json;

namespace Routing.Agent.Lab.Kubelet;

/// <summary>A node's CNI network configuration list, as the chart installs it.</summary>
internal static class Conflist
{
    /// <summary>Writes it.</summary>
    /// <param name="path">Where kubelet would look.</param>
    /// <param name="socket">The node's agent.</param>
    public static void Write(string path, string socket) => File.WriteAllText(path, JsonSerializer.Serialize(new
    {
        cniVersion = "1.1.0",
        name = "routing",
        plugins = new[] { new { type = Cni.ShimInstaller.ShimName, socket } },
    }));
}
