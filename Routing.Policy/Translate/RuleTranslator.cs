using System.Globalization;
using k8s.Models;
using Routing.Policy.Model;

namespace Routing.Policy.Translate;

/// <summary>Rules of a NetworkPolicy, of either direction.</summary>
internal sealed class RuleTranslator(string policyNamespace, ProblemList problems)
{
    /// <summary>Translates a rule.</summary>
    /// <param name="peers">"from" or "to"; missing and empty both mean any peer.</param>
    /// <param name="peersField">Which of the two.</param>
    /// <param name="ports">Missing and empty both mean every port.</param>
    /// <param name="field">Where the rule stands.</param>
    /// <returns>Null when none of its peers or none of its ports could be read: without them it would mean
    /// "any".</returns>
    public RuleSpec? Translate(
        IList<V1NetworkPolicyPeer>? peers, string peersField, IList<V1NetworkPolicyPort>? ports, string field)
    {
        var peerSpecs = (peers ?? []).Index()
            .Select(peer => Peer(peer.Item, $"{field}.{peersField}[{peer.Index}]"))
            .OfType<PeerSpec>().ToEquatableArray();
        var portSpecs = (ports ?? []).Index()
            .Select(port => Port(port.Item, $"{field}.ports[{port.Index}]"))
            .OfType<PortSpec>().ToEquatableArray();
        return peers is { Count: > 0 } && peerSpecs.Count == 0 || ports is { Count: > 0 } && portSpecs.Count == 0
            ? null
            : new RuleSpec(RuleVerdict.Allow, peerSpecs, portSpecs, field);
    }

    private PeerSpec? Peer(V1NetworkPolicyPeer? peer, string field)
    {
        if (peer?.IpBlock is { } block)
        {
            if (peer.PodSelector is not null || peer.NamespaceSelector is not null)
            {
                problems.Add(field, "ipBlock with a selector", "ipBlock stands alone");
                return null;
            }

            return IpBlock(block, $"{field}.ipBlock");
        }

        if (peer?.PodSelector is null && peer?.NamespaceSelector is null)
        {
            problems.Add(field, "", "a peer has a podSelector, a namespaceSelector, both, or an ipBlock");
            return null;
        }

        var pods = peer.PodSelector is null
            ? LabelSelector.Everything
            : SelectorTranslator.Translate(peer.PodSelector, $"{field}.podSelector", problems);
        if (peer.NamespaceSelector is null)
        {
            return pods is null ? null : new PeerSpec.Pods(new(new NamespaceScope.Named(policyNamespace), pods));
        }

        var namespaces = SelectorTranslator.Translate(peer.NamespaceSelector, $"{field}.namespaceSelector", problems);
        return pods is null || namespaces is null
            ? null
            : new PeerSpec.Pods(new(new NamespaceScope.Labelled(namespaces), pods));
    }

    private PeerSpec.IpBlock? IpBlock(V1IPBlock block, string field)
    {
        const string allowed = "an IPv4 or IPv6 block as address/length";
        if (!Cidr.TryParse(block.Cidr, out var cidr))
        {
            problems.Add($"{field}.cidr", block.Cidr, allowed);
            return null;
        }

        var before = problems.Count;
        var except = new List<Cidr>();
        foreach (var (i, text) in (block.Except ?? []).Index())
        {
            if (!Cidr.TryParse(text, out var hole))
            {
                problems.Add($"{field}.except[{i}]", text, allowed);
            }
            else if (!cidr.Contains(hole) || hole == cidr)
            {
                problems.Add($"{field}.except[{i}]", text, $"a block inside {cidr} and smaller than it");
            }
            else
            {
                except.Add(hole);
            }
        }

        return problems.Count == before ? new PeerSpec.IpBlock(cidr, [.. except]) : null;
    }

    private PortSpec? Port(V1NetworkPolicyPort? port, string field)
    {
        if (!TransportProtocols.TryParse(port?.Protocol, out var protocol))
        {
            problems.Add($"{field}.protocol", port?.Protocol, TransportProtocols.Allowed);
            return null;
        }

        var text = port?.Port?.Value;
        var end = port?.EndPort;
        if (text is null)
        {
            if (end is not null)
            {
                problems.Add($"{field}.endPort", $"{end}", "endPort needs port");
                return null;
            }

            return PortSpec.Numbers.All(protocol);
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var low))
        {
            return Named(text, end, protocol, field);
        }

        if (low is < 1 or > ushort.MaxValue)
        {
            problems.Add($"{field}.port", text, Syntax.PortNameAllowed);
            return null;
        }

        if (end is { } high && (high < low || high > ushort.MaxValue))
        {
            problems.Add($"{field}.endPort", $"{end}", $"a number from port ({low}) to 65535");
            return null;
        }

        return new PortSpec.Numbers(protocol, (ushort)low, (ushort)(end ?? low));
    }

    private PortSpec.Named? Named(string name, int? end, TransportProtocol protocol, string field)
    {
        if (!Syntax.IsPortName(name))
        {
            problems.Add($"{field}.port", name, Syntax.PortNameAllowed);
            return null;
        }

        if (end is not null)
        {
            problems.Add($"{field}.endPort", $"{end}", "endPort needs a numeric port, and this one is a name");
            return null;
        }

        return new PortSpec.Named(protocol, name);
    }
}
