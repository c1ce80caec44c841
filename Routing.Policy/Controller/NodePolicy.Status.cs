using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Controller;

/// <content>How policies fare here.</content>
public sealed partial class NodePolicy
{
    /// <summary>What the last <see cref="Compile"/> closed further than policies say.</summary>
    public IEnumerable<ProfileFault> Faults => _profiles.Faulty.Select(one => new ProfileFault(
        one.Profile.Direction, one.Profile.Side.Layer, new(one.Stages.Defect is null ? one.Stages.Unasked : one.Profile.Policies),
        one.Stages.Defect));

    /// <summary>The policies and how they fare, in order of their kinds and names.</summary>
    public ImmutableArray<PolicyStatus> Policies()
    {
        var faults = (from fault in Faults
                      from policy in fault.Policies
                      select (policy, Said: $"{fault.Side}: {fault.Reason}")).Distinct().ToLookup(one => one.policy, one => one.Said);
        return
        [
            .. _policies.Specs.Values.OrderBy(policy => policy.Key.Kind).ThenBy(policy => policy.Key.Name).Select(policy => new PolicyStatus(
                policy.Key,
                _policies.Subjects(policy.Key).Select(pod => pod.View.Name).Where(_interfaces.ContainsKey).Order().ToEquatableArray(),
                Enum.GetValues<Direction>().Where(direction => policy.Rules(direction) is not null).ToEquatableArray(),
                policy.Problems)
            {
                LocalHosts = _ownHosts.Values.Where(endpoint => policy.Subject?.Matches(endpoint) == true)
                    .Select(endpoint => endpoint.Name).ToEquatableArray(),
                Faults = faults[policy.Key].Order(StringComparer.Ordinal).ToEquatableArray(),
            }),
        ];
    }
}
