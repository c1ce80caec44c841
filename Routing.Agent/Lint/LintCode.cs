using System.Collections.Immutable;

namespace Routing.Agent.Lint;

/// <summary>A kind of finding. Its name is stable: pipelines ignore findings by it.</summary>
/// <param name="Name">As `--ignore` takes it.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Meaning">One line for the list of codes.</param>
internal sealed record LintCode(string Name, LintSeverity Severity, string Meaning)
{
    public static readonly LintCode SelectsNoPod = Warning("selects-no-pod", "a policy is about no pod");
    public static readonly LintCode PeerSelectsNothing = Warning("peer-selects-nothing", "a peer's selector picks nobody");
    public static readonly LintCode RuleShadowed = Warning("rule-shadowed", "rules before it decide every flow of a rule");
    public static readonly LintCode RuleRedundant = Info("rule-redundant", "other rules of the policy allow all that a rule allows");
    public static readonly LintCode PolicyShadowed = Warning("policy-shadowed", "tiers above decide everything before a policy is asked");
    public static readonly LintCode PortUnknown = Warning("port-unknown", "no container of the pods has a port that a rule names");
    public static readonly LintCode PodNotSelected = Info("pod-not-selected", "no policy selects a pod");
    public static readonly LintCode EgressWithoutDns = Warning("egress-without-dns", "pods that may open some connections may not ask DNS");
    public static readonly LintCode EmptyList = Warning("empty-list", "an empty list of peers or ports means any, not none");
    public static readonly LintCode RulesWithoutType = Warning("rules-without-type", "policyTypes leaves out a direction that has rules: they do nothing");
    public static readonly LintCode PeersAreAlternatives = Warning(
        "peers-are-alternatives", "a podSelector and a namespaceSelector in two items, hardly meant as alternatives");
    public static readonly LintCode BlockHostBits = Info("block-host-bits", "a block of addresses has host bits, which are ignored");
    public static readonly LintCode BlockOneFamily = Info("block-one-family", "all of one IP version, nothing of the other, for pods with both");
    public static readonly LintCode EndPortIsPort = Info("end-port-is-port", "endPort repeats port");
    public static readonly LintCode DeprecatedKind = Info("deprecated-kind", "a kind that a later one has replaced");
    public static readonly LintCode TooDeep = Warning("too-deep", "more tiers and rules with source ports before a policy than kernels can nest");

    public static readonly LintCode HostNotSelected = Info("host-not-selected", "no policy selects a host endpoint");
    public static readonly LintCode SelectsNoHostEndpoint = Warning(
        "selects-no-host-endpoint", "what a policy says is for host endpoints, and it selects none");
    public static readonly LintCode FailsafeDenied = Warning("failsafe-denied", "a rule denies ports that host endpoints never close");

    /// <summary>All.</summary>
    public static readonly ImmutableArray<LintCode> Codes =
    [
        SelectsNoPod, PeerSelectsNothing, RuleShadowed, RuleRedundant, PolicyShadowed, PortUnknown, PodNotSelected, EgressWithoutDns,
        EmptyList, RulesWithoutType, PeersAreAlternatives, BlockHostBits, BlockOneFamily, EndPortIsPort, DeprecatedKind, TooDeep,
        HostNotSelected, SelectsNoHostEndpoint, FailsafeDenied,
    ];

    private static LintCode Warning(string name, string meaning) => new(name, LintSeverity.Warning, meaning);

    private static LintCode Info(string name, string meaning) => new(name, LintSeverity.Info, meaning);
}
