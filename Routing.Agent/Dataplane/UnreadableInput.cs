using System.Collections.Immutable;
using Routing.Agent.KubeApi;
using Routing.Policy.Model;

namespace Routing.Agent.Dataplane;

/// <summary>What an object stands for of which something cannot be read (docs/adr/0030): for what it was when it could be, and where nobody
/// knows that, for something that opens nothing.</summary>
internal static class UnreadableInput
{
    private const string Kept = "what this version can read; it stands as it was when it could be read";
    private const string Closed = "what this version can read; it was never read here, and closes";
    private const string Told = "what this version can read; nodes keep what they could read, or close";

    /// <summary>Where nobody knows these, a policy is asked first.</summary>
    private static readonly string[] OfPlaces = ["spec.tier", "spec.order", "spec.priority"];

    private static readonly string[] OfSubjects =
        ["spec.podSelector", "spec.selector", "spec.namespaceSelector", "spec.serviceAccountSelector", "spec.subject"];

    /// <summary>What is told of a policy, whatever nodes have in force for it.</summary>
    public static EquatableArray<Problem> Problems(ImmutableArray<LostField> lost) =>
        Problems([.. lost.Where(field => field.Touches("spec"))], Told);

    /// <summary>A policy: as it was, or whom it selects as far as that can be read, with the directions closed in which a rule may be
    /// that nobody knows.</summary>
    public static PolicySpec Close(PolicySpec rest, PolicySpec? known, ImmutableArray<LostField> lost)
    {
        if (known is { IsStandIn: false })
        {
            return known with { Problems = Problems(lost, Kept) };
        }

        var isMore = lost.Any(field => field.Touches("spec") && !field.Path.StartsWith("spec.ingress", StringComparison.Ordinal)
            && !field.Path.StartsWith("spec.egress", StringComparison.Ordinal));
        var closed = rest with
        {
            IsStandIn = true,
            Subject = rest.Subject ?? (OfSubjects.Any(field => Touch(lost, field)) ? Everybody(rest.Key) : null),
            Ingress = isMore || Touch(lost, "spec.ingress") ? Nothing(rest.Key, "spec.ingress") : rest.Ingress,
            Egress = isMore || Touch(lost, "spec.egress") ? Nothing(rest.Key, "spec.egress") : rest.Egress,
            ApplyOnForward = isMore || rest.ApplyOnForward,
            Problems = Problems(lost, Closed),
        };
        return OfPlaces.Any(field => Touch(lost, field)) && !IsOfKubernetes(rest.Key)
            ? closed with { Tier = Touch(lost, "spec.tier") ? Tier.Admin : rest.Tier, Order = double.NegativeInfinity }
            : closed;
    }

    /// <summary>A pod: as it was, with the labels it has now, by which policies may have come to select it. One that was never read is
    /// not known, and its interface passes nothing.</summary>
    public static PodView? Close(PodView rest, PodView? known, ImmutableArray<LostField> lost) =>
        known is null || Touch(lost, "metadata.labels") ? known : known with { Labels = rest.Labels };

    /// <summary>A host endpoint: as it was, or all the interfaces it may mean.</summary>
    public static HostEndpointView Close(HostEndpointView rest, HostEndpointView? known, ImmutableArray<LostField> lost) =>
        known ?? (Touch(lost, "spec.interfaceName") ? rest with { InterfaceName = HostEndpointView.AllInterfaces } : rest);

    /// <summary>A network set: as it was, or what can be read of it and nobody knows what else.</summary>
    public static NetworkSetView Close(NetworkSetView rest, NetworkSetView? known, ImmutableArray<LostField> lost) =>
        known is { IsIncomplete: false } ? known : rest with { IsIncomplete = Touch(lost, "spec") };

    private static bool Touch(ImmutableArray<LostField> lost, string field) => lost.Any(one => one.Touches(field));

    private static PodSelection Everybody(PolicyKey policy) => policy.Name.Namespace.Length > 0
        ? new PodSelection(new NamespaceScope.Named(policy.Name.Namespace), LabelSelector.Everything)
        : PodSelection.Everything with
        {
            Kinds = policy.Kind == PolicyKind.GlobalNetworkPolicy ? EndpointKinds.Pods | EndpointKinds.HostEndpoints : EndpointKinds.Pods,
        };

    /// <summary>Kubernetes' own policies isolate by having rules, whichever; the others have to say it.</summary>
    private static RuleSet Nothing(PolicyKey policy, string field) => IsOfKubernetes(policy)
        ? new RuleSet([])
        : new RuleSet([new RuleSpec(RuleVerdict.Deny, [], [], field)]);

    private static bool IsOfKubernetes(PolicyKey policy) => policy.Kind is PolicyKind.NetworkPolicy or PolicyKind.StagedKubernetesNetworkPolicy;

    private static EquatableArray<Problem> Problems(ImmutableArray<LostField> lost, string allowed) =>
        [.. lost.Select(field => new Problem(field.Path, field.Text, allowed))];
}
