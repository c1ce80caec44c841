using Routing.Policy.Analysis;
using Routing.Policy.Model;

namespace Routing.Agent.Lint;

/// <summary>Rules and policies that do nothing, and DNS: asked of all flows there can be.</summary>
internal sealed class FlowChecks
{
    private readonly PolicyLint _lint;
    private readonly ClusterView _cluster;
    private readonly FlowClasses _classes;
    private readonly ClassVerdicts _verdicts;

    public FlowChecks(PolicyLint lint)
    {
        (_lint, _cluster) = (lint, lint.Manifests.Cluster);
        _classes = FlowClasses.Of([_cluster], (TransportProtocol.Udp, 53));
        _verdicts = _classes.VerdictsOf(0);
    }

    public void Check()
    {
        var uses = _verdicts.RuleUses();
        var never = _verdicts.NeverAsked();
        foreach (var (policy, direction) in never)
        {
            _lint.Add(LintCode.PolicyShadowed, policy, direction == Direction.Ingress ? "spec.ingress" : "spec.egress",
                $"tiers above decide every {(direction == Direction.Ingress ? "connection to" : "connection from")} its pods, and it is never asked");
        }

        foreach (var use in uses.Where(use => use.IsMet && !use.IsReached && !never.Contains((use.Policy.Key, use.Direction))))
        {
            CheckUnreached(use);
        }

        CheckDns();
    }

    private void CheckUnreached(RuleUse use)
    {
        var before = string.Join(", ", use.Before.Take(3).Select(one =>
            one.Policy == use.Policy.Key ? one.Rule.Field : $"{one.Policy} {one.Rule.Field}")) + (use.Before.Length > 3 ? ", ..." : "");
        var isUnion = use.Before.All(one =>
            one.Rule.Verdict == RuleVerdict.Allow && use.Rule.Verdict == RuleVerdict.Allow
            && _cluster.TierOf(_cluster.Policies[one.Policy]) == _cluster.TierOf(use.Policy));
        if (!isUnion)
        {
            _lint.Add(LintCode.RuleShadowed, use.Policy.Key, use.Rule.Field, $"it never decides: {before} comes before for every flow that meets it");
        }
        else if (use.Before.All(one => one.Policy == use.Policy.Key))
        {
            _lint.Add(LintCode.RuleRedundant, use.Policy.Key, use.Rule.Field, $"{before} allows all that it allows");
        }
    }

    /// <summary>Pods that policies let open some connections, but none to the cluster's DNS, or where it is not known, to
    /// nobody's port 53.</summary>
    private void CheckDns()
    {
        var ask = _classes.Ports.Of(TransportProtocol.Udp, 53);
        var servers = _classes.Classes.Where(one => one.Pods.Any(IsDnsServer)).ToList();
        foreach (var sender in _classes.Classes.Where(one => !one.Pods.IsEmpty && !servers.Contains(one)))
        {
            var answers = _verdicts.AnswersOf(Direction.Egress, sender);
            var receivers = servers.Count == 0
                ? answers.Select(answer => (To: answer.Peer, answer.Family)).ToList()
                : [.. servers.SelectMany(to => sender.FamiliesWith(to), (to, family) => (to, family))];
            var mayAsk = receivers.Exists(one =>
                !_classes.Ports.And(_verdicts.Allowed(Direction.Egress, sender, one.To, one.Family), ask).IsEmpty);
            if (mayAsk || answers.All(answer => answer.Allowed.IsEmpty))
            {
                continue;
            }

            var policies = receivers.SelectMany(one => _verdicts.Deciders(Direction.Egress, sender, one.To, one.Family, ask))
                .Select(one => one.Policy).Distinct()
                .Where(policy => _cluster.Policies[policy].Egress is { Rules.Count: > 0 });
            foreach (var policy in policies)
            {
                _lint.Add(LintCode.EgressWithoutDns, policy, "spec.egress",
                    $"pods such as {sender.Pods[0]} may open connections, but not ask "
                    + (servers.Count > 0 ? $"DNS ({servers[0].Pods.First(IsDnsServer)}) on UDP 53" : "anybody on UDP 53"));
            }
        }
    }

    private bool IsDnsServer(NamespacedName pod) => _cluster.Pods[pod].Labels.Find("k8s-app") is "kube-dns" or "coredns";
}
