using System.Text.RegularExpressions;
using Routing.Policy.Model;

namespace Routing.Agent.Options;

/// <summary>Checks <see cref="AgentOptions"/>. Each problem names the flag, the value and what is allowed; all are
/// given at once.</summary>
internal static partial class AgentOptionsValidator
{
    /// <summary>sun_path holds 108 octets, the last one zero (unix(7)).</summary>
    private const int SocketPathLimit = 107;

    public static IReadOnlyList<string> Validate(AgentOptions options)
    {
        var problems = new List<string>();
        if (options.NodeName.Length > 253 || !DnsSubdomain().IsMatch(options.NodeName))
        {
            problems.Add($"--node '{options.NodeName}': allowed is the name of a Node, "
                + "lower-case letters, digits, '-' and '.', at most 253");
        }

        if (!Path.IsPathRooted(options.StateDirectory))
        {
            problems.Add($"--state-dir '{options.StateDirectory}': allowed is an absolute path");
        }
        else if (options.AgentSocket.Length > SocketPathLimit)
        {
            problems.Add($"--state-dir '{options.StateDirectory}': too long for a socket inside it, "
                + $"allowed are {SocketPathLimit - "/agent.sock".Length} characters");
        }

        problems.AddRange(DaemonOptionsValidator.Validate(options));
        if (!AgentOptions.AllowedFlows.Contains(options.Flows))
        {
            problems.Add($"--flows '{options.Flows}': allowed are {string.Join(", ", AgentOptions.AllowedFlows)}");
        }

        if (options.FlowsGroup is < 1 or > 65535)
        {
            problems.Add($"--flows-group '{options.FlowsGroup}': allowed is 1 to 65535");
        }

        foreach (var (name, value) in new[]
        {
            ("--failsafe-inbound", options.FailsafeInbound), ("--failsafe-outbound", options.FailsafeOutbound),
        })
        {
            FailsafeText.Read(value, out var wrong);
            problems.AddRange(wrong.Select(one => $"{name} '{one}': allowed are {FailsafeText.Allowed}"));
        }

        foreach (var server in options.DnsServers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Address.TryParse(server, out _) && !ServiceName().IsMatch(server))
            {
                problems.Add($"--dns-servers '{server}': allowed are IP addresses and Services as NAMESPACE/NAME");
            }
        }

        if (options.DnsQueue is < 1 or > 65535)
        {
            problems.Add($"--dns-queue '{options.DnsQueue}': allowed is 1 to 65535");
        }
        else if (options.DnsQueue == options.FlowsGroup)
        {
            problems.Add($"--dns-queue '{options.DnsQueue}': allowed is another number than that of --flows-group");
        }

        if (options.Verifier is not ("off" or "sample"))
        {
            problems.Add($"--verifier '{options.Verifier}': allowed are off and sample");
        }

        return problems;
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex ServiceName();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex DnsSubdomain();
}
