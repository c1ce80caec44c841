using k8s.Models;
using Routing.Policy.Model;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Agent.PolicyStatus;

/// <summary>What a policy's status says: whether it is enforced as it is written. It follows from the object alone, so whoever
/// writes it says the same.</summary>
internal static class AcceptedCondition
{
    /// <summary>The condition's type.</summary>
    public const string Type = "Accepted";

    /// <summary>Reason of status True.</summary>
    public const string Accepted = "Accepted";

    /// <summary>Reason of status False: something stands in it that is wrong, or that is not supported.</summary>
    public const string Invalid = "Invalid";

    /// <summary>Mistakes that are told; one field can be wrong in each of thousands of rules.</summary>
    private const int Told = 8;

    /// <summary>The API allows 32768 characters, of which a mistake may quote a long value.</summary>
    private const int LongestMistake = 400;

    /// <summary>The condition a policy shall have.</summary>
    /// <param name="policy">As the API server shows it.</param>
    /// <param name="problems">What is wrong with it.</param>
    /// <param name="now">When its status changes, if it does.</param>
    public static V1Condition Of(ClusterPolicyResource policy, EquatableArray<Problem> problems, DateTimeOffset now)
    {
        var status = problems.Count == 0 ? "True" : "False";
        var shown = Shown(policy);
        return new V1Condition
        {
            Type = Type,
            Status = status,
            Reason = problems.Count == 0 ? Accepted : Invalid,
            Message = problems.Count == 0 ? "Nodes enforce it as it is written." : Describe([.. problems.Items.Select(one => one.ToString())]),
            ObservedGeneration = policy.Metadata.Generation ?? 0,

            // The time of the last change of the status, not of the last write (the API's conventions).
            LastTransitionTime = shown?.Status == status && shown.LastTransitionTime is { } since ? since : now.UtcDateTime,
        };
    }

    /// <summary>True when the policy shows the condition already.</summary>
    public static bool IsShown(ClusterPolicyResource policy, V1Condition wanted) =>
        Shown(policy) is { } shown && IsSame(shown, wanted);

    /// <summary>True for two that say the same of the same generation.</summary>
    public static bool IsSame(V1Condition one, V1Condition other) =>
        (one.Status, one.Reason, one.Message, one.ObservedGeneration)
        == (other.Status, other.Reason, other.Message, other.ObservedGeneration);

    private static V1Condition? Shown(ClusterPolicyResource policy) =>
        policy.Status?.Conditions?.FirstOrDefault(one => one.Type == Type);

    private static string Describe(IReadOnlyList<string> problems)
    {
        var told = problems.Take(Told).Select(one => one.Length > LongestMistake ? $"{one[..LongestMistake]}..." : one);
        var more = problems.Count > Told ? $"; and {problems.Count - Told} more" : "";
        return $"{string.Join("; ", told)}{more}. What is wrong closes: a rule that accepts matches nothing, "
            + "one that denies or passes denies all.";
    }
}
