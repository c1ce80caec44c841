using System.Text.RegularExpressions;

namespace Routing.Agent.Options;

/// <summary>Checks <see cref="ControllerOptions"/>, as <see cref="AgentOptionsValidator"/> does an agent's.</summary>
internal static partial class ControllerOptionsValidator
{
    public static IReadOnlyList<string> Validate(ControllerOptions options)
    {
        var problems = DaemonOptionsValidator.Validate(options).ToList();
        if (options.Lease.Length > 253 || !NamespaceAndName().IsMatch(options.Lease))
        {
            problems.Add($"--lease '{options.Lease}': allowed is NAMESPACE/NAME, of lower-case letters, digits, '-' and '.'");
        }

        return problems;
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex NamespaceAndName();
}
