using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Analysis;

/// <summary>Finds the ports where the answer may change.</summary>
internal sealed class PortCuts
{
    private readonly SortedDictionary<TransportProtocol, SortedSet<int>> _firsts = [];
    private readonly SortedSet<(TransportProtocol Protocol, byte Type, byte Code)> _messages = [];

    public PortCuts()
    {
        foreach (var protocol in TransportProtocolExtensions.OfContainers)
        {
            FirstsOf(protocol);
        }
    }

    /// <summary>Cuts at everything that the policies of a cluster name.</summary>
    public void Add(ClusterView cluster)
    {
        var named = new HashSet<(TransportProtocol Protocol, string Name)>();
        foreach (var rule in cluster.Policies.Values.SelectMany(policy => RulesOf(policy)))
        {
            foreach (var spec in rule.Ports.Items.Concat(rule.NotPorts.Items).Concat(rule.SourcePorts.Items).Concat(rule.NotSourcePorts.Items))
            {
                switch (spec)
                {
                    case PortSpec.Numbers numbers:
                        Add(numbers.Protocol, numbers.Low, numbers.High);
                        break;
                    case PortSpec.Named name:
                        FirstsOf(name.Protocol);
                        named.Add((name.Protocol, name.Name));
                        break;
                    case PortSpec.Icmp icmp:
                        FirstsOf(icmp.Protocol);
                        if (icmp.Type is { } type)
                        {
                            _messages.Add((icmp.Protocol, type, byte.MaxValue));
                            _messages.Add((icmp.Protocol, type, icmp.Code ?? byte.MaxValue));
                        }

                        break;
                }
            }
        }

        foreach (var port in cluster.Pods.Values.SelectMany(pod => pod.NamedPorts.Items)
            .Concat(cluster.HostEndpoints.Values.SelectMany(host => host.NamedPorts.Items))
            .Where(port => named.Contains((port.Protocol, port.Name))))
        {
            Add(port.Protocol, port.Number, port.Number);
        }

        foreach (var port in cluster.ServiceSlices.Values.SelectMany(slice => slice.Ports.Items))
        {
            Add(port.Protocol, port.Low, port.High);
        }
    }

    /// <summary>Cuts out some ports.</summary>
    public void Add(TransportProtocol protocol, ushort low, ushort high)
    {
        var firsts = FirstsOf(protocol);
        if (protocol.HasPorts())
        {
            firsts.Add(Math.Max(1, (int)low));
            firsts.Add(high + 1);
        }
    }

    /// <summary>The segments between the cuts.</summary>
    public ImmutableArray<PortSegment> Segments()
    {
        var segments = ImmutableArray.CreateBuilder<PortSegment>();
        foreach (var (protocol, firsts) in _firsts)
        {
            if (protocol.HasTypes())
            {
                segments.AddRange(_messages.Where(message => message.Protocol == protocol)
                    .Append((Protocol: protocol, Type: byte.MaxValue, Code: byte.MaxValue))
                    .Select(message => new PortSegment(protocol, 0, 0) { IcmpType = message.Type, IcmpCode = message.Code }));
            }
            else if (!protocol.HasPorts())
            {
                segments.Add(new PortSegment(protocol, 0, 0));
            }
            else
            {
                int[] all = [.. firsts.Where(first => first is >= 1 and <= ushort.MaxValue)];
                segments.AddRange(all.Select((first, i) => new PortSegment(
                    protocol, (ushort)first, (ushort)(i + 1 < all.Length ? all[i + 1] - 1 : ushort.MaxValue))));
            }
        }

        segments.Add(new PortSegment(null, 0, 0));
        return segments.ToImmutable();
    }

    private static IEnumerable<RuleSpec> RulesOf(PolicySpec policy) =>
        (policy.Ingress?.Rules.Items ?? []).Concat(policy.Egress?.Rules.Items ?? []);

    private SortedSet<int> FirstsOf(TransportProtocol protocol)
    {
        if (!_firsts.TryGetValue(protocol, out var firsts))
        {
            _firsts.Add(protocol, firsts = [1]);
        }

        return firsts;
    }
}
