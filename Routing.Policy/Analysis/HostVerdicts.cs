using Routing.Policy.Model;

namespace Routing.Policy.Analysis;

/// <summary>What the policies of host endpoints say of classes of flows from and to the processes of their hosts: what
/// <see cref="Reference.HostEvaluator"/> says at the ends of the way. What goes through hosts is not asked.</summary>
/// <param name="classes">The classes.</param>
/// <param name="view">Which cluster.</param>
/// <param name="rulesOf">The rules of a policy.</param>
internal sealed class HostVerdicts(FlowClasses classes, int view, Func<PolicyKey, Direction, RuleEntry[]> rulesOf)
{
    private readonly PeerTable _table = classes.Tables[view];
    private readonly Dictionary<(string Host, HostLayer Layer, Direction Direction, int Class), SideProfile> _profiles = [];
    private readonly Dictionary<Direction, PortSet> _open = [];

    /// <summary>The layers in the order in which they are asked, each with whether its tiers deny what none of their rules
    /// matches.</summary>
    public IEnumerable<(SideProfile Profile, bool Isolates)> Layers(HostEndpointView host, Direction direction, EndClass subject)
    {
        yield return (ProfileOf(host, HostLayer.Untracked, direction, subject), false);
        if (direction == Direction.Ingress)
        {
            yield return (ProfileOf(host, HostLayer.PreDnat, direction, subject), false);
        }

        yield return (ProfileOf(host, HostLayer.Local, direction, subject), true);
    }

    /// <summary>What passes whatever the policies say: fail-safe ports, neighbours and multicast listeners.</summary>
    public PortSet Open(Direction direction)
    {
        if (!_open.TryGetValue(direction, out var open))
        {
            _open.Add(direction, open = classes.Ports.Of(segment =>
                segment is { Protocol: TransportProtocol.IcmpV6, IcmpType: (>= 130 and <= 137) or 143 }
                || FailsafePorts.Default.Of(direction).Items.Any(port =>
                    port.Protocol == segment.Protocol && port.Low <= segment.Low && segment.High <= port.High)));
        }

        return open;
    }

    private SideProfile ProfileOf(HostEndpointView host, HostLayer layer, Direction direction, EndClass subject)
    {
        var key = (host.Name, layer, direction, subject.Id);
        if (!_profiles.TryGetValue(key, out var profile))
        {
            var policies = _table.Policies.Where(policy =>
                policy.Rules(direction) is not null && policy.IsOf(layer, direction) && policy.Subject!.Matches(host));
            _profiles.Add(key, profile = new SideProfile(
                direction,
                [.. policies.GroupBy(_table.Cluster.TierOf).OrderBy(tier => tier.Key).Select(tier => (
                    tier.Key,
                    tier.SelectMany(policy => rulesOf(policy.Key, direction)).ToArray(),
                    tier.Select(policy => policy.Key).ToArray()))],
                subject) { PortNames = host.NamedPorts });
        }

        return profile;
    }
}
