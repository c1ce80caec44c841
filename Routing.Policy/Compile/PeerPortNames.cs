using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Routing.Policy.Model;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>The names of ports in a stage's rules that mean what each peer calls so.</summary>
/// <param name="rules">How many rules the stage has.</param>
internal sealed class PeerPortNames(int rules)
{
    private readonly ulong[] _rules = RuleMask.Empty(rules);
    private readonly HashSet<PortSpec.Named> _names = [];
    private readonly Dictionary<EquatableArray<NamedPort>, (string Text, ImmutableArray<NamedPort> Names)> _known = [];

    /// <summary>A rule has such a name.</summary>
    public void Add(int rule, PortSpec.Named name)
    {
        RuleMask.Set(_rules, rule);
        _names.Add(name);
    }

    /// <summary>True when one of some rules has.</summary>
    public bool AreIn(ReadOnlySpan<ulong> some) => RuleMask.Overlap(some, _rules);

    /// <summary>What an address's pod calls the ports that the rules name; as a text too, the same for the same names.</summary>
    public (string Text, ImmutableArray<NamedPort> Names) Of(PodRecord? owner)
    {
        if (owner is null)
        {
            return ("", []);
        }

        var ports = owner.View.NamedPorts;
        ref var named = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, ports, out var isKnown);
        if (!isKnown)
        {
            var names = ports.Items
                .Where(port => _names.Contains(new PortSpec.Named(port.Protocol, port.Name)))
                .OrderBy(port => port.Name, StringComparer.Ordinal).ThenBy(port => port.Protocol)
                .ThenBy(port => port.Number).ToImmutableArray();
            var texts = names.Select(port => $"{port.Name}/{(byte)port.Protocol}={port.Number}");
            named = (string.Join(' ', texts), names);
        }

        return named;
    }
}
