using System.Collections.Immutable;
using Routing.Agent.Manifests;
using Routing.Policy.Controller;
using Routing.Policy.Model;

namespace Routing.Agent.Lint;

/// <summary>Looks for what is allowed but hardly meant in a cluster's policies.</summary>
internal sealed class PolicyLint
{
    private readonly ImmutableArray<Finding>.Builder _findings = ImmutableArray.CreateBuilder<Finding>();

    private PolicyLint(ClusterManifests manifests) => Manifests = manifests;

    /// <summary>What is looked at.</summary>
    public ClusterManifests Manifests { get; }

    /// <summary>All findings, in order of place.</summary>
    public static ImmutableArray<Finding> Check(ClusterManifests manifests)
    {
        var lint = new PolicyLint(manifests);
        foreach (var policy in manifests.Cluster.Policies.Keys)
        {
            if (manifests.Sources.Find(policy) is { } source)
            {
                PolicyShape.Check(policy, source.Json, lint);
            }
        }

        // Folders with policies alone say nothing of whom they select.
        if (!manifests.Cluster.Pods.IsEmpty)
        {
            new SelectionChecks(lint).Check();
            new FlowChecks(lint).Check();
        }

        if (!manifests.Cluster.HostEndpoints.IsEmpty)
        {
            new HostChecks(lint).Check();
        }

        lint.CheckDepth();
        return [.. lint._findings.Distinct().OrderBy(finding => finding.File, StringComparer.Ordinal).ThenBy(finding => finding.Line)
            .ThenBy(finding => finding.Name, StringComparer.Ordinal).ThenBy(finding => finding.Code.Name, StringComparer.Ordinal)];
    }

    /// <summary>What agents would tell of it once it is in force.</summary>
    private void CheckDepth()
    {
        foreach (var fault in ClusterFaults.Of(Manifests.Cluster).Where(fault => fault.Defect is null))
        {
            foreach (var policy in fault.Policies)
            {
                Add(LintCode.TooDeep, policy, fault.Direction == Direction.Ingress ? "spec.ingress" : "spec.egress",
                    $"{fault.Side}: {fault.Reason}");
            }
        }
    }

    /// <summary>Notes a finding about a policy.</summary>
    public void Add(LintCode code, PolicyKey policy, string field, string message) => Add(
        code, $"{policy.Kind}", policy.Name.Namespace.Length == 0 ? policy.Name.Name : $"{policy.Name}", field,
        Manifests.Sources.Find(policy), message);

    /// <summary>Notes a finding about something else.</summary>
    public void Add(LintCode code, string kind, string name, string field, Manifest? source, string message) =>
        _findings.Add(new Finding(
            code, kind, name, field, source?.File ?? "", source?.LineOf(field.Length > 0 ? field : "metadata") ?? 0, message));
}
