using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Analysis;

/// <summary>A rule as the classes ask it.</summary>
internal sealed class RuleEntry
{
    public RuleEntry(PolicySpec policy, RuleSpec rule, PeerTable table)
    {
        (Policy, Rule) = (policy, rule);
        Peers = [.. rule.Peers.Items.Select(table.NumberOf)];
        Own = [.. rule.Own.Items.Select(table.NumberOf)];
        NamesPorts = rule.Ports.Items.Concat(rule.NotPorts.Items).Any(port => port is PortSpec.Named);
        IsAskedWhole = rule.Peers.Items.Concat(rule.Own.Items).Any(peer => peer is PeerSpec.Service)
            || rule.SourcePorts.Items.Concat(rule.NotSourcePorts.Items).Any(port => port is PortSpec.Named);
    }

    /// <summary>Whose rule it is.</summary>
    public PolicySpec Policy { get; }

    /// <summary>The rule.</summary>
    public RuleSpec Rule { get; }

    /// <summary>Numbers of its peers.</summary>
    public int[] Peers { get; }

    /// <summary>Numbers of its conditions on the policy's own pod.</summary>
    public int[] Own { get; }

    /// <summary>True when its ports depend on whom the flow goes to.</summary>
    public bool NamesPorts { get; }

    /// <summary>True when ends and ports cannot be asked apart.</summary>
    public bool IsAskedWhole { get; }

    /// <summary>Its ports, by the id of the class the flow goes to, or -1 when it names none, and the IP version: a host may be
    /// another endpoint over each.</summary>
    public Dictionary<(int Class, IpFamily? Family), PortSet> Ports { get; } = [];

    /// <summary>True once some flow has met its conditions.</summary>
    public bool IsMet { get; set; }

    /// <summary>True once some flow came to it undecided.</summary>
    public bool IsReached { get; set; }
}
