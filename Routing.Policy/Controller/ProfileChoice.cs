using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Selectors;

namespace Routing.Policy.Controller;

/// <summary>Which profile a pod or a host endpoint has: by the policies that select it, and by what their rules ask of itself.</summary>
/// <param name="policies">What selects whom.</param>
/// <param name="profiles">Whose the profiles are; one that is acquired is to be released there.</param>
internal sealed class ProfileChoice(PolicyTable policies, ProfileTable profiles)
{
    /// <summary>A pod's; null when no policy of the direction is about it.</summary>
    public Profile? Acquire(PodRecord pod, Direction direction) =>
        Acquire(pod.Selections, new ProfileSide(direction), pod.View.NamedPorts, pod);

    /// <summary>A host endpoint's.</summary>
    public Profile? Acquire(NetRecord host, EquatableArray<NamedPort> ports, ProfileSide side) => Acquire(host.Selections, side, ports, null);

    private Profile? Acquire(SmallSet<SelectedPods> selections, ProfileSide side, EquatableArray<NamedPort> ports, PodRecord? pod)
    {
        var enforced = policies.Selecting(selections, side);

        // Behind what is allowed before tracking or translation nothing can be put, and where all is closed nothing is allowed. Of a pod
        // that nobody isolates nothing is denied, so what is staged is no question then.
        var mayPass = side.Layer is null or HostLayer.Forward || (side.Layer == HostLayer.Local && (side.IsOpen || !enforced.IsEmpty));
        var staged = mayPass && policies.SelectingStaged(selections, side) is { IsEmpty: false } keys && LeaveRoom(enforced, keys, side)
            ? AcquireOf(keys, isStaged: true)
            : null;
        return enforced.IsEmpty ? staged : AcquireOf(enforced, isStaged: false, staged);

        Profile AcquireOf(ImmutableArray<PolicyKey> keys, bool isStaged, Profile? behind = null) => profiles.Acquire(
            side, keys,
            side.HasOwnPorts ? OwnPorts(ports, keys, side.Direction) : [],
            pod is null ? [] : OwnConditions.Of(pod, keys, side.Direction, policies),
            isStaged, behind);
    }

    /// <summary>What is staged must not take the room that what is enforced needs: rules may be nested so deep only.</summary>
    private bool LeaveRoom(ImmutableArray<PolicyKey> enforced, ImmutableArray<PolicyKey> staged, ProfileSide side) =>
        Array.TrueForAll(
            [enforced, staged], keys => StagePlan.LeavesRoom([.. keys.Select(key => policies.Specs[key])], side));

    /// <summary>Of an endpoint's ports those that its policies' rules call by name.</summary>
    private ImmutableArray<NamedPort> OwnPorts(
        EquatableArray<NamedPort> ports, ImmutableArray<PolicyKey> keys, Direction direction)
    {
        if (ports.Count == 0)
        {
            return [];
        }

        var names = keys.SelectMany(key => policies.Specs[key].Rules(direction)!.Rules.Items)
            .SelectMany(rule => direction == Direction.Ingress
                ? rule.Ports.Items.Concat(rule.NotPorts.Items)
                : rule.SourcePorts.Items.Concat(rule.NotSourcePorts.Items))
            .OfType<PortSpec.Named>().ToHashSet();
        return
        [
            .. ports.Items
                .Where(port => names.Contains(new PortSpec.Named(port.Protocol, port.Name)))
                .OrderBy(port => port.Name, StringComparer.Ordinal)
                .ThenBy(port => port.Protocol)
                .ThenBy(port => port.Number),
        ];
    }
}
