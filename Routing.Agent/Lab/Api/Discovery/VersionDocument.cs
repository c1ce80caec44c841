using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Discovery;

/// <summary>/version: the Kubernetes version whose behaviour the lab API follows.</summary>
internal static class VersionDocument
{
    public static JsonObject Create() => new()
    {
        ["major"] = "1",
        ["minor"] = "32",
        ["gitVersion"] = "v1.32.0+routing-lab",
        ["gitCommit"] = "",
        ["gitTreeState"] = "",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "",
        ["compiler"] = RuntimeInformation.FrameworkDescription,
        ["platform"] = "linux/" + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64"),
    };
}
