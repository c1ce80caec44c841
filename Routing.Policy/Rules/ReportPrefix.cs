namespace Routing.Policy.Rules;

/// <summary>The word by which a reported packet tells what rule reported it: "deny ingress-0123456789ab".</summary>
/// <param name="Verdict">What becomes of the packet.</param>
/// <param name="Chain">The chain, or the profile, whose rule it is.</param>
public readonly record struct ReportPrefix(ReportedVerdict Verdict, string Chain)
{
    /// <summary>Reads one; false for a prefix that is none of ours.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ReportPrefix prefix)
    {
        prefix = default;
        var blank = text.IndexOf(' ');
        ReportedVerdict? verdict = blank < 0 ? null : text[..blank] switch
        {
            "deny" => ReportedVerdict.Deny,
            "allow" => ReportedVerdict.Allow,
            "log" => ReportedVerdict.Log,
            _ => null,
        };
        if (verdict is null)
        {
            return false;
        }

        prefix = new ReportPrefix(verdict.Value, text[(blank + 1)..].Trim().ToString());
        return prefix.Chain.Length > 0;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Verdict.ToString().ToLowerInvariant()} {Chain}";
}
