using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>A rule's conditions on source ports, as sets beside those of its stage.</summary>
/// <param name="Ports">One of these; empty for any.</param>
/// <param name="NotPorts">None of these.</param>
internal sealed record SourcePorts(EquatableArray<PortSpec> Ports, EquatableArray<PortSpec> NotPorts)
{
    /// <summary>Those of a rule; null when it has none.</summary>
    public static SourcePorts? Of(RuleSpec rule) => rule.SourcePorts.Count + rule.NotSourcePorts.Count == 0
        ? null
        : new SourcePorts(rule.SourcePorts, rule.NotSourcePorts);

    /// <summary>The set of the ports, or of those that must not be; null when there is nothing to ask.</summary>
    /// <param name="stem">What the name starts with.</param>
    /// <param name="isNot">The second.</param>
    /// <param name="ownNames">What names mean when the pod itself is the source.</param>
    /// <param name="policies">For the comment.</param>
    public MatchSet? Set(
        string stem, bool isNot, ImmutableArray<NamedPort> ownNames, IReadOnlyList<PolicyKey> policies)
    {
        var ports = isNot ? NotPorts : Ports;
        if (ports.Count == 0)
        {
            return null;
        }

        var elements = ports.Items.Select(port => (byte)port.Protocol).Distinct().SelectMany(
            protocol => CompiledRule.Union(ports.Items, protocol, ownNames),
            (protocol, range) => new SetElement(0, 0, protocol, range.Low, range.High));
        return new MatchSet(
            $"{stem}-{(isNot ? "nsrc" : "src")}",
            null,
            [RuleField.Protocol, RuleField.SourcePort],
            Ranges: true,
            [.. elements],
            Comment.Of(isNot ? "not from these ports, by" : "from these ports, by", policies));
    }
}
