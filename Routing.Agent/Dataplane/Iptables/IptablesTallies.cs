using System.Text.RegularExpressions;
using Routing.Agent.Dataplane.Live;
using Routing.Policy.Render.Iptables;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>What the rules of profiles have counted. iptables counts at every rule; those that only report, or lead from one of our
/// chains to another, would count a packet twice and are left out.</summary>
internal static partial class IptablesTallies
{
    /// <summary>The deciding rules of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="identityOf">The identity of a rule, by its chain and its place there.</param>
    public static IEnumerable<RuleTally> Of(CountedTable table, Func<string, int, string> identityOf)
    {
        // A staged profile counts what it would deny; the rest has been counted where it was allowed.
        var staged = table.Chains.Where(chain => ProfileOf(chain.Key) is { } profile
                && chain.Value.Any(rule => rule.Target == IptablesNames.Chain($"{profile}-staged")))
            .Select(chain => ProfileOf(chain.Key)!).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, rules) in table.Chains)
        {
            var profile = ProfileOf(name);
            foreach (var (place, rule) in rules.Index())
            {
                var verdict = profile is not null ? VerdictOf(rule, profile)
                    : rule.Target != "DROP" ? null
                    : IsClosed(name) ? "deny"
                    : IsResumed(name) ? "resumed"
                    : null;
                if (verdict is not null && (profile is null || !staged.Contains(profile) || verdict == "staged"))
                {
                    yield return new RuleTally(identityOf(name, place), IsIngress(name) ? "ingress" : "egress", verdict, rule.Count);
                }
            }
        }
    }

    /// <summary>The profile whose stage a chain is; null for any other chain.</summary>
    private static string? ProfileOf(string chain) => Stage().Match(chain) is { Success: true } match ? match.Groups[1].Value : null;

    private static bool IsIngress(string chain) =>
        chain.StartsWith("RT-ingress-", StringComparison.Ordinal) || chain is "RT-to-pod" or "RT-resumed-to-pod" or "RT-host-resumed-in";

    /// <summary>Denies what no profile is asked about.</summary>
    private static bool IsClosed(string chain) =>
        chain is "RT-from-pod" or "RT-to-pod" or "RT-check-source" or "RT-ingress-host" or "RT-egress-host";

    private static bool IsResumed(string chain) =>
        chain is "RT-resumed-from-pod" or "RT-resumed-to-pod" or "RT-host-resumed-in" or "RT-host-resumed-out";

    private static string? VerdictOf(CountedRule rule, string profile) => rule.Target switch
    {
        "DROP" => "deny",
        "ACCEPT" or "RETURN" => "allow",
        "" or "NFLOG" => null,
        var target when target == IptablesNames.Chain($"{profile}-deny") => "deny",
        var target when target == IptablesNames.Chain($"{profile}-staged") => "staged",
        var target when target == IptablesNames.Chain($"{profile}-allow") => "allow",
        var target when target.StartsWith("RT-host-let-", StringComparison.Ordinal) => "allow", // before tracking, or translation
        var target when !rule.IsGoto => null, // what is logged, and comes back
        var target when ProfileOf(target) is { } next && next != profile => "allow", // and put to what is staged
        _ => "pass",
    };

    [GeneratedRegex("^RT-((?:ingress|egress)-[0-9a-f]{12})(?:-[0-9]+)?$")]
    private static partial Regex Stage();
}
