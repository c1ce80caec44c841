using Routing.Policy.Model;
using Routing.Policy.Translate;

namespace Routing.Agent.Lint;

/// <summary>Host endpoints that no policy is about, policies about host endpoints that there are none of, and what they cannot
/// close.</summary>
internal sealed class HostChecks(PolicyLint lint)
{
    private readonly ClusterView _cluster = lint.Manifests.Cluster;

    public void Check()
    {
        var selected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var policy in _cluster.Policies.Values.Where(policy => policy.Subject?.Kinds.HasFlag(EndpointKinds.HostEndpoints) == true))
        {
            var hosts = _cluster.HostEndpoints.Values.Where(policy.Subject!.Matches).Select(host => host.Name).ToList();
            selected.UnionWith(policy.IsStaged ? [] : hosts);
            if (hosts.Count > 0)
            {
                CheckFailsafes(policy);
            }
            else if (What(policy) is { } what)
            {
                lint.Add(LintCode.SelectsNoHostEndpoint, policy.Key, $"spec.{what}",
                    $"{what} is about host endpoints, and '{policy.Subject!.Pods}' selects none");
            }
        }

        foreach (var host in _cluster.HostEndpoints.Values.Where(host => !selected.Contains(host.Name))
            .OrderBy(host => host.Name, StringComparer.Ordinal))
        {
            lint.Add(LintCode.HostNotSelected, "HostEndpoint", host.Name, "", lint.Manifests.Sources.FindHost(host.Name),
                "no policy selects it: " + (host.IsOpen ? "its profile allows everything" : "all but fail-safe ports is closed"));
        }
    }

    /// <summary>The field that makes a policy one of host endpoints alone, or does nothing to pods.</summary>
    private static string? What(PolicySpec policy) =>
        policy.DoNotTrack ? "doNotTrack" : policy.PreDnat ? "preDNAT" : policy.ApplyOnForward ? "applyOnForward" : null;

    /// <summary>What denies all ports does not mean these; what names some does.</summary>
    private void CheckFailsafes(PolicySpec policy)
    {
        foreach (var direction in Enum.GetValues<Direction>())
        {
            foreach (var rule in policy.Rules(direction)?.Rules.Items.Where(rule => rule.Verdict == RuleVerdict.Deny) ?? [])
            {
                var open = FailsafePorts.Default.Of(direction).Items.Where(port => rule.Ports.Items.OfType<PortSpec.Numbers>().Any(denied =>
                    denied.Protocol == port.Protocol && denied.Low <= port.Low && port.High <= denied.High)).ToList();
                if (open.Count > 0)
                {
                    lint.Add(LintCode.FailsafeDenied, policy.Key, rule.Field,
                        $"{string.Join(", ", open.Select(port => $"{port.Protocol.KubernetesName()} {port.Low}"))} "
                            + $"{(open.Count == 1 ? "is a fail-safe port" : "are fail-safe ports")} of host endpoints, which no policy closes");
                }
            }
        }
    }
}
