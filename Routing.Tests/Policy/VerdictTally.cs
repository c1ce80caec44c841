using Routing.Policy.Model;
using Routing.Policy.Reference;

namespace Routing.Tests.Policy;

/// <summary>Who decided the flows of a property, so that one whose generator reaches less than it should is noticed.</summary>
internal sealed class VerdictTally
{
    private readonly Dictionary<(string What, bool Allowed), int> _counts = [];

    /// <summary>Notes a flow with what is said of it.</summary>
    public void Add(Flow flow, FlowVerdict verdict)
    {
        Add($"{flow.Protocol}", verdict.Allowed);
        foreach (var reason in verdict.Families.SelectMany(family => family.Reasons))
        {
            if (reason.Code is ReasonCode.AllowedByRule or ReasonCode.DeniedByRule or ReasonCode.Isolated)
            {
                Add($"{reason.Policy!.Value.Kind}", !reason.Denies);
            }

            if (reason is { Layer: { } layer, Policy: not null, Code: not ReasonCode.PassedByRule })
            {
                Add($"{layer} {reason.Side}", !reason.Denies);
            }
        }
    }

    /// <summary>Fails unless a good share of the flows was allowed and a good share denied.</summary>
    /// <param name="least">Share that is good.</param>
    public void CheckShare(double least)
    {
        TestContext.Out.WriteLine(this);
        Assert.That(Allowed, Is.InRange(least, 1 - least));
    }

    /// <summary>Fails unless every kind, every place of host endpoints and every protocol has allowed and denied.</summary>
    public void CheckAll()
    {
        CheckShare(least: 0.2);
        var wanted = Enum.GetValues<PolicyKind>().Select(kind => $"{kind}").Where(kind => !kind.StartsWith("Staged", StringComparison.Ordinal))
            .Concat(from layer in Enum.GetValues<HostLayer>()
                    from side in Enum.GetValues<Direction>()
                    where layer != HostLayer.PreDnat || side == Direction.Ingress
                    select $"{layer} {side}")
            .Concat(_counts.Keys.Select(key => key.What).Where(IsProtocol)).Distinct();
        Assert.That(from what in wanted from allowed in new[] { true, false } where Of(what, allowed) == 0 select $"{what} {allowed}", Is.Empty);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _counts.Keys.Select(key => key.What).Distinct().Order(StringComparer.Ordinal)
        .Select(what => $"{what} {Of(what, true)}+{Of(what, false)}"));

    private void Add(string what, bool allowed) =>
        _counts[(what, allowed)] = _counts.GetValueOrDefault((what, allowed)) + 1;

    private int Of(string what, bool allowed) => _counts.GetValueOrDefault((what, allowed));

    private double Allowed => (double)_counts.Where(one => IsProtocol(one.Key.What) && one.Key.Allowed).Sum(one => one.Value)
        / _counts.Where(one => IsProtocol(one.Key.What)).Sum(one => one.Value);

    private static bool IsProtocol(string what) => Enum.TryParse<TransportProtocol>(what, out _);
}
