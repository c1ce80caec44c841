using Routing.Policy.Model;

namespace Routing.Policy.Translate.Calico;

/// <summary>Calico's Tier to <see cref="Tier"/>.</summary>
public static class TierTranslator
{
    /// <summary>Translates. The tiers that every cluster has stay as they are: Kubernetes' own policies live there.</summary>
    public static Translated<Tier> Translate(CalicoTierResource tier)
    {
        var problems = new ProblemList();
        var name = tier.Metadata?.Name ?? "";
        var (order, action) = (tier.Spec?.Order ?? double.PositiveInfinity, tier.Spec?.DefaultAction);
        if (action is not (null or "" or "Deny" or "Pass"))
        {
            problems.Add("spec.defaultAction", action, "Deny or Pass");
        }

        var translated = new Tier(order, name, Isolates: action != "Pass");
        if (Tier.BuiltIn(name) is { } builtIn)
        {
            if (builtIn != translated)
            {
                problems.Add(
                    "spec", name, $"this tier has the order {builtIn.Order} and the default action {(builtIn.Isolates ? "Deny" : "Pass")}");
            }

            translated = builtIn;
        }

        return new Translated<Tier>(translated, problems.ToEquatableArray());
    }
}
