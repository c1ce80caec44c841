using System.Collections.Immutable;

namespace Routing.Agent.Lint;

/// <summary>A kind of finding. Its name is stable: pipelines ignore findings by it.</summary>
/// <param name="Name">As `--ignore` takes it.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Meaning">One line for the list of codes.</param>
internal sealed record LintCode(string Name, LintSeverity Severity, string Meaning)
{
    public static readonly LintCode SelectsNoPod = new("selects-no-pod", LintSeverity.Warning, "a policy is about no pod");
    public static readonly LintCode PeerSelectsNothing = new("peer-selects-nothing", LintSeverity.Warning, "a peer's selector picks nobody");
    public static readonly LintCode RuleShadowed = new("rule-shadowed", LintSeverity.Warning, "rules before it decide every flow of a rule");
    public static readonly LintCode RuleRedundant = new("rule-redundant", LintSeverity.Info, "other rules of the policy allow all that a rule allows");
    public static readonly LintCode PolicyShadowed = new("policy-shadowed", LintSeverity.Warning, "tiers above decide everything before a policy is asked");
    public static readonly LintCode PortUnknown = new("port-unknown", LintSeverity.Warning, "no container of the pods has a port that a rule names");
    public static readonly LintCode PodNotSelected = new("pod-not-selected", LintSeverity.Info, "no policy selects a pod");
    public static readonly LintCode EgressWithoutDns = new("egress-without-dns", LintSeverity.Warning, "pods that may open some connections may not ask DNS");
    public static readonly LintCode EmptyList = new("empty-list", LintSeverity.Warning, "an empty list of peers or ports means any, not none");
    public static readonly LintCode RulesWithoutType = new("rules-without-type", LintSeverity.Warning, "policyTypes leaves out a direction that has rules: they do nothing");
    public static readonly LintCode PeersAreAlternatives = new("peers-are-alternatives", LintSeverity.Warning, "a podSelector and a namespaceSelector in two items, hardly meant as alternatives");
    public static readonly LintCode BlockHostBits = new("block-host-bits", LintSeverity.Info, "a block of addresses has host bits, which are ignored");
    public static readonly LintCode BlockOneFamily = new("block-one-family", LintSeverity.Info, "all of one IP version, nothing of the other, for pods with both");
    public static readonly LintCode EndPortIsPort = new("end-port-is-port", LintSeverity.Info, "endPort repeats port");
    public static readonly LintCode DeprecatedKind = new("deprecated-kind", LintSeverity.Info, "a kind that a later one has replaced");

    public static readonly LintCode HostNotSelected = new("host-not-selected", LintSeverity.Info, "no policy selects a host endpoint");
    public static readonly LintCode SelectsNoHostEndpoint = new("selects-no-host-endpoint", LintSeverity.Warning, "what a policy says is for host endpoints, and it selects none");
    public static readonly LintCode FailsafeDenied = new("failsafe-denied", LintSeverity.Warning, "a rule denies ports that host endpoints never close");

    /// <summary>All.</summary>
    public static readonly ImmutableArray<LintCode> Codes =
    [
        SelectsNoPod, PeerSelectsNothing, RuleShadowed, RuleRedundant, PolicyShadowed, PortUnknown, PodNotSelected, EgressWithoutDns,
        EmptyList, RulesWithoutType, PeersAreAlternatives, BlockHostBits, BlockOneFamily, EndPortIsPort, DeprecatedKind,
        HostNotSelected, SelectsNoHostEndpoint, FailsafeDenied,
    ];
}
