using Routing.Policy.Model;

namespace Routing.Policy.Translate.Calico;

/// <summary>Ends of rules of Calico's policies.</summary>
/// <param name="home">The policy's namespace; empty for one of the cluster.</param>
/// <param name="problems">What is wrong.</param>
internal sealed class CalicoEntities(string home, ProblemList problems)
{
    private const string NetAllowed = "an IPv4 or IPv6 address, or a block as address/length";

    private readonly CalicoSelectors _selectors = new(problems);

    /// <summary>An end as alternatives, without its ports; empty for anybody.</summary>
    /// <param name="entity">The end.</param>
    /// <param name="field">Where it stands.</param>
    /// <param name="isOwn">It is the end whose policy this is: a pod or a host, not whoever else has a net.</param>
    /// <param name="verdict">The rule's. What cannot be read of a network set may be any address: a rule that denies it denies all
    /// of them, and one that does not gets nothing of it.</param>
    public EquatableArray<PeerSpec> Translate(CalicoEntityRule? entity, string field, bool isOwn, RuleVerdict verdict)
    {
        if (entity is null)
        {
            return [];
        }

        problems.AddUnknown(entity.Others, field);
        if (entity.Services is { } services)
        {
            if (isOwn)
            {
                problems.Add($"{field}.services", "services", "at the other end of the rule: the policy's selector says which pods these are");
            }

            return Service(entity, services, field);
        }

        var kinds = isOwn ? EndpointKinds.Pods | EndpointKinds.HostEndpoints : EndpointKinds.All;
        var most = isOwn ? kinds : kinds | EndpointKinds.UnreadNets;
        var isDenied = verdict == RuleVerdict.Deny;
        var selection = Selection(entity, field) is { } one ? one with { Kinds = isDenied ? most : kinds } : null;
        var notSelection = _selectors.Read(entity.NotSelector, $"{field}.notSelector") is { } not
            ? new PodSelection(new NamespaceScope.Any(), LabelSelector.Of(not)) { Kinds = isDenied ? kinds : most }
            : null;
        var nets = Nets(entity.Nets, $"{field}.nets");
        var notNets = Nets(entity.NotNets, $"{field}.notNets");
        nets = isDenied ? nets : Within(nets, notNets, field);
        return (selection, notSelection, nets.Count, notNets.Count) switch
        {
            (null, null, 0, 0) => [],
            (null, null, _, 0) => [.. nets.Items.Select(net => new PeerSpec.IpBlock(net, []))],
            ({ } only, null, 0, 0) => [new PeerSpec.Pods(only)],
            _ => [new PeerSpec.Entity(selection, notSelection, nets, notNets)],
        };
    }

    /// <summary>Blocks, and addresses as blocks of one.</summary>
    public static EquatableArray<Cidr> Nets(IList<string>? texts, string field, ProblemList problems)
    {
        var nets = new List<Cidr>();
        foreach (var (i, text) in (texts ?? []).Index())
        {
            if (Cidr.TryParse(text, out var net))
            {
                nets.Add(net);
            }
            else if (Address.TryParse(text, out var address))
            {
                nets.Add(Cidr.Of(address));
            }
            else
            {
                problems.Add($"{field}[{i}]", text, NetAllowed);
            }
        }

        return [.. nets];
    }

    /// <summary>The nets that are left of a rule that does not deny: of an IP version of which notNets has no block Calico applies none
    /// of the rule, so that "not 10.0.0.0/8" does not open all of IPv6.</summary>
    private EquatableArray<Cidr> Within(EquatableArray<Cidr> nets, EquatableArray<Cidr> notNets, string field)
    {
        var families = notNets.Items.Select(net => net.Network.Family).Distinct().ToList();
        if (families.Count != 1)
        {
            return nets;
        }

        if (nets.Count == 0)
        {
            return [Cidr.All(families[0])];
        }

        EquatableArray<Cidr> left = [.. nets.Items.Where(net => net.Network.Family == families[0])];
        if (left.Count == 0)
        {
            problems.Add($"{field}.notNets", string.Join(", ", notNets.Items), "blocks of the IP version of nets");
        }

        return left;
    }

    private EquatableArray<Cidr> Nets(IList<string>? texts, string field) => Nets(texts, field, problems);

    /// <summary>Whom the selectors pick. In a policy of a namespace any of them means its endpoints, unless a namespaceSelector
    /// says otherwise; a notSelector alone does too.</summary>
    private PodSelection? Selection(CalicoEntityRule entity, string field)
    {
        var names = entity.ServiceAccounts?.Names is { Count: > 0 } some
            ? CalicoSelectors.Label(EndpointLabels.ServiceAccount, SelectorOperator.In, some.Select(name => name ?? ""))
            : null;
        LabelExpression?[] endpoint =
        [
            _selectors.Read(entity.Selector, $"{field}.selector"),
            names,
            _selectors.ReadAccounts(
                entity.ServiceAccounts?.Selector, $"{field}.serviceAccounts.selector", new LabelExpression.All()),
        ];
        problems.AddUnknown(entity.ServiceAccounts?.Others, $"{field}.serviceAccounts");
        var namespaces = _selectors.ReadNamespaces(
            entity.NamespaceSelector, $"{field}.namespaceSelector", mayBeGlobal: true);
        var isNarrowed = endpoint.Any(one => one is not null);
        if (namespaces is null && !isNarrowed && (home.Length == 0 || string.IsNullOrEmpty(entity.NotSelector)))
        {
            return null;
        }

        NamespaceScope scope = namespaces is null && home.Length > 0
            ? new NamespaceScope.Named(home)
            : new NamespaceScope.Any();
        return new PodSelection(scope, CalicoSelectors.Join([namespaces, .. endpoint]));
    }

    private EquatableArray<PeerSpec> Service(CalicoEntityRule entity, CalicoServiceMatch services, string field)
    {
        problems.AddUnknown(services.Others, $"{field}.services");
        (string Name, bool IsSet)[] others =
        [
            ("nets", entity.Nets is { Count: > 0 }), ("notNets", entity.NotNets is { Count: > 0 }),
            ("selector", !string.IsNullOrEmpty(entity.Selector)), ("notSelector", !string.IsNullOrEmpty(entity.NotSelector)),
            ("namespaceSelector", !string.IsNullOrEmpty(entity.NamespaceSelector)),
            ("serviceAccounts", entity.ServiceAccounts is not null),
        ];
        foreach (var (name, _) in others.Where(one => one.IsSet))
        {
            problems.Add($"{field}.{name}", name, "services stands without it");
        }

        var space = string.IsNullOrEmpty(services.Namespace) ? home : services.Namespace;
        if (string.IsNullOrEmpty(services.Name))
        {
            problems.Add($"{field}.services.name", "", "a Service's name");
        }

        if (space.Length == 0)
        {
            problems.Add($"{field}.services.namespace", "", "a policy of the cluster names the Service's namespace");
        }

        return [new PeerSpec.Service(new NamespacedName(space, services.Name ?? ""))];
    }
}
