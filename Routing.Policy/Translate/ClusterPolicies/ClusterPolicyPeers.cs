using Routing.Policy.Model;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>Peers and subjects of policy.networking.k8s.io.</summary>
internal sealed class ClusterPolicyPeers(ProblemList problems)
{
    /// <summary>A peer as its alternatives; nothing when it could not be read.</summary>
    public IEnumerable<PeerSpec> Translate(ClusterPolicyPeer? peer, Direction direction, RuleVerdict verdict, string field)
    {
        var fields = FieldsOf(peer);
        if (fields is not [var only])
        {
            problems.Add(field, string.Join(", ", fields), direction == Direction.Ingress
                ? "exactly one of namespaces and pods"
                : "exactly one of namespaces, pods, nodes, networks and domainNames");
            return [];
        }

        if (only is "namespaces" or "pods")
        {
            return Selection(peer, field) is { } selection ? [new PeerSpec.Pods(selection)] : [];
        }

        if (direction == Direction.Ingress)
        {
            problems.Add($"{field}.{only}", only, "sources are namespaces or pods");
            return [];
        }

        switch (only)
        {
            case "nodes":
                var nodes = Labels(peer!.Nodes, $"{field}.nodes");
                return nodes is null ? [] : [new PeerSpec.Nodes(nodes)];
            case "networks":
                return Networks(peer!.Networks!, $"{field}.networks");
            case "domainNames" when verdict == RuleVerdict.Allow:
                return [Domains(peer!.DomainNames!, $"{field}.domainNames")];
            default:
                problems.Add($"{field}.domainNames", string.Join(", ", peer!.DomainNames!), "only a rule that accepts may name domains");
                return [];
        }
    }

    /// <summary>Pods of a peer or a subject; null when it could not be read.</summary>
    public PodSelection? Selection(ClusterPolicyPeer? peer, string field)
    {
        var fields = FieldsOf(peer);
        switch (fields)
        {
            case ["namespaces"]:
                var all = Labels(peer!.Namespaces, $"{field}.namespaces");
                return all is null ? null : Selection(all, LabelSelector.Everything);
            case ["pods"]:
                var before = problems.Count;
                problems.AddUnknown(peer!.Pods!.Others, $"{field}.pods");
                var home = Labels(peer.Pods.NamespaceSelector, $"{field}.pods.namespaceSelector");
                var pods = Labels(peer.Pods.PodSelector, $"{field}.pods.podSelector");
                return problems.Count > before ? null : Selection(home!, pods!);
            default:
                problems.Add(field, string.Join(", ", fields), "exactly one of namespaces and pods");
                return null;
        }
    }

    /// <summary>Null when something in it is wrong or not known.</summary>
    private LabelSelector? Labels(ClusterPolicySelector? selector, string field)
    {
        var before = problems.Count;
        problems.AddUnknown(selector?.Others, field);
        var read = SelectorTranslator.Translate(selector ?? new(), field, problems);
        return problems.Count == before ? read : null;
    }

    private static PodSelection Selection(LabelSelector namespaces, LabelSelector pods) =>
        new(new NamespaceScope.Labelled(namespaces), pods);

    private List<PeerSpec> Networks(IList<string> networks, string field)
    {
        var blocks = new List<PeerSpec>();
        foreach (var (i, text) in networks.Index())
        {
            if (Cidr.TryParse(text, out var cidr))
            {
                blocks.Add(new PeerSpec.IpBlock(cidr, []));
            }
            else
            {
                problems.Add($"{field}[{i}]", text, "an IPv4 or IPv6 block as address/length");
            }
        }

        if (networks.Count == 0)
        {
            problems.Add(field, "", "at least one block");
        }

        return blocks;
    }

    private PeerSpec.Domains Domains(IList<string> names, string field)
    {
        var patterns = new List<DomainPattern>();
        foreach (var (i, text) in names.Index())
        {
            if (DomainPattern.TryParse(text, out var pattern))
            {
                patterns.Add(pattern);
            }
            else
            {
                problems.Add($"{field}[{i}]", text, DomainPattern.Allowed);
            }
        }

        if (names.Count == 0)
        {
            problems.Add(field, "", "at least one name");
        }

        return new PeerSpec.Domains([.. patterns]);
    }

    private static List<string> FieldsOf(ClusterPolicyPeer? peer)
    {
        (string Name, object? Value)[] fields =
        [
            ("namespaces", peer?.Namespaces), ("pods", peer?.Pods), ("nodes", peer?.Nodes),
            ("networks", peer?.Networks), ("domainNames", peer?.DomainNames),
        ];
        return [.. fields.Where(one => one.Value is not null).Select(one => one.Name), .. (peer?.Others ?? []).Keys];
    }
}
