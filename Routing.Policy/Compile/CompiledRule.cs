using System.Collections.Immutable;
using System.Diagnostics;
using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>A rule as a stage asks it, with what is known of it before any peer is: its place is its place in the
/// stage.</summary>
internal sealed class CompiledRule
{
    private readonly ImmutableArray<PortSpec> _ports;
    private readonly ImmutableArray<PortSpec> _notPorts;

    private CompiledRule(CompiledRule rule, StageAction action)
    {
        (Policy, Spec, Action, Families, AllPorts) = (rule.Policy, rule.Spec, action, rule.Families, rule.AllPorts);
        (_ports, _notPorts, Names) = (rule._ports, rule._notPorts, rule.Names);
    }

    /// <param name="policy">Whose rule it is.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="action">What it says of the packets it matches.</param>
    /// <param name="families">The IP versions for which the conditions on the pod itself hold.</param>
    /// <param name="ownNames">What the names of destination ports mean when the pod itself is the destination; null when each
    /// peer has its own.</param>
    public CompiledRule(
        PolicyKey policy, RuleSpec rule, StageAction action, IpFamilies families, ImmutableArray<NamedPort>? ownNames)
    {
        (Policy, Spec, Action, Families) = (policy, rule, action, families);
        AllPorts = rule.Ports.Count == 0;
        _ports = Known(rule.Ports, ownNames);
        _notPorts = Known(rule.NotPorts, ownNames);
        Names = _ports.Any(IsNamed) || _notPorts.Any(IsNamed) ? [.. _ports.Concat(_notPorts).OfType<PortSpec.Named>()] : [];
    }

    public PolicyKey Policy { get; }

    public RuleSpec Spec { get; }

    public StageAction Action { get; }

    public IpFamilies Families { get; }

    /// <summary>True when the rule names no ports, and so matches every protocol but for what it excepts.</summary>
    public bool AllPorts { get; }

    /// <summary>True when no packet of a peer goes on to the rules after it.</summary>
    public bool IsLast => AllPorts && _notPorts.IsEmpty;

    /// <summary>Names of ports whose meaning depends on the peer.</summary>
    public ImmutableArray<PortSpec.Named> Names { get; }

    /// <summary>True when both say the same of the same packets for the same reason, in one profile.</summary>
    public bool IsSameAs(CompiledRule other) =>
        Policy == other.Policy && Action == other.Action && Families == other.Families
        && (ReferenceEquals(Spec, other.Spec) || Spec == other.Spec);

    /// <summary>The same packets, of which something else is said.</summary>
    public CompiledRule As(StageAction action) => new(this, action);

    /// <summary>Marks the protocols that the rule names.</summary>
    public void NameProtocols(Span<bool> isNamed)
    {
        foreach (var port in _ports)
        {
            isNamed[(byte)port.Protocol] = true;
        }

        foreach (var port in _notPorts)
        {
            isNamed[(byte)port.Protocol] = true;
        }
    }

    /// <summary>What the rule matches of a protocol, in order and without overlaps.</summary>
    /// <param name="protocol">A protocol.</param>
    /// <param name="names">What the peer calls its ports.</param>
    public List<PortRange> Ranges(byte protocol, ImmutableArray<NamedPort> names)
    {
        var ranges = AllPorts ? [PortRange.All] : Union(_ports, protocol, names);
        return _notPorts.IsEmpty || ranges.Count == 0
            ? ranges
            : PortRange.Part(ranges, Union(_notPorts, protocol, names)).Outside;
    }

    /// <summary>The ports of a protocol that specifications stand for.</summary>
    public static List<PortRange> Union(
        ImmutableArray<PortSpec> ports, byte protocol, ImmutableArray<NamedPort> names)
    {
        var ranges = new List<PortRange>();
        foreach (var port in ports)
        {
            if ((byte)port.Protocol != protocol)
            {
                continue;
            }

            if (port is PortSpec.Numbers numbers)
            {
                ranges.Add(new PortRange(numbers.Low, numbers.High));
            }
            else
            {
                ranges.AddRange(Numbers(port, names));
            }
        }

        return ranges.Count > 1 ? PortRange.Union(ranges) : ranges;
    }

    private static ImmutableArray<PortSpec> Known(EquatableArray<PortSpec> ports, ImmutableArray<NamedPort>? names) =>
        names is not { } known || !ports.Items.Any(IsNamed)
            ? ports.Items
            : [.. ports.Items.SelectMany(port => port is PortSpec.Named
                ? Numbers(port, known).Select(one => (PortSpec)new PortSpec.Numbers(port.Protocol, one.Low, one.High))
                : [port])];

    private static bool IsNamed(PortSpec port) => port is PortSpec.Named;

    private static IEnumerable<PortRange> Numbers(PortSpec port, ImmutableArray<NamedPort> names) => port switch
    {
        PortSpec.Numbers numbers => [new PortRange(numbers.Low, numbers.High)],
        PortSpec.Named named => names
            .Where(one => one.Name == named.Name && one.Protocol == named.Protocol)
            .Select(one => new PortRange(one.Number, one.Number)),
        PortSpec.Icmp { Type: null, Code: null } => [PortRange.All],
        PortSpec.Icmp { Type: { } type, Code: null } => [Messages(type, 0, byte.MaxValue)],
        PortSpec.Icmp { Type: { } type, Code: { } code } => [Messages(type, code, code)],
        PortSpec.Icmp { Type: null, Code: { } code } =>
            Enumerable.Range(0, 256).Select(type => Messages((byte)type, code, code)),
        _ => throw new UnreachableException(),
    };

    private static PortRange Messages(byte type, byte codeLow, byte codeHigh) =>
        new((ushort)((type << 8) | codeLow), (ushort)((type << 8) | codeHigh));
}
