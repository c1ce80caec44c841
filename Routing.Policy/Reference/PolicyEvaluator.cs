using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Reference;

/// <summary>What the policies say of a flow: the specification, written to be read. It looks at every policy for every
/// question; the compiler has to agree with it, and a property test makes sure. Connections that are already
/// established are no question.
/// </summary>
public sealed class PolicyEvaluator
{
    private readonly ClusterView _cluster;
    private readonly RuleMatcher _matcher;
    private readonly TierWalk _tiers;
    private readonly HostEvaluator _hosts;
    private readonly HostLink? _link;

    /// <param name="cluster">Whose policies.</param>
    /// <param name="failsafes">Ports that host endpoints never close; null for Calico's.</param>
    /// <param name="link">The one node whose host endpoints are asked, and by which of its interfaces flows go; null for every node on
    /// the way, and its interface with the node's address.</param>
    public PolicyEvaluator(ClusterView cluster, FailsafePorts? failsafes = null, HostLink? link = null)
    {
        (_cluster, _link) = (cluster, link);
        _matcher = new RuleMatcher(cluster);
        _tiers = new TierWalk(cluster, _matcher);
        _hosts = new HostEvaluator(cluster, failsafes ?? FailsafePorts.Default, _tiers, link);
    }

    /// <summary>Judges a flow and says why.</summary>
    /// <exception cref="ArgumentException">The flow names a pod that the cluster does not have.</exception>
    public FlowVerdict Evaluate(Flow flow)
    {
        var (from, to) = (EndOf(flow.From), EndOf(flow.To));
        var families = CommonFamilies(from, to);
        if (families.IsEmpty)
        {
            return new FlowVerdict([new FamilyVerdict(null, [
                new Reason(Direction.Egress, from.Text, ReasonCode.NoCommonFamily),
                new Reason(Direction.Ingress, to.Text, ReasonCode.NoCommonFamily)])]);
        }

        return new FlowVerdict([.. families.Select(family => new FamilyVerdict(
            family, [.. Egress(flow, from, to, family), .. _hosts.Evaluate(flow, from, to, family), .. Ingress(flow, from, to, family)]))]);
    }

    /// <summary>The IP versions over which a packet could go. A pod that has no address yet may get one of each; when
    /// nobody has one, there is one question for whichever it will be (null), which rules by address do not
    /// answer.</summary>
    internal static ImmutableArray<IpFamily?> CommonFamilies(ResolvedEnd from, ResolvedEnd to)
    {
        if (from.Addresses.IsEmpty && to.Addresses.IsEmpty)
        {
            return [null];
        }

        return [.. Enum.GetValues<IpFamily>()
            .Where(family => from.Addresses.IsEmpty || from.Address(family) is not null)
            .Where(family => to.Addresses.IsEmpty || to.Address(family) is not null)];
    }

    private ResolvedEnd EndOf(FlowEnd name) =>
        ResolvedEnd.Of(name, _cluster) is { Pod: null, Node: null } nobody && nobody.Addresses.Any(address => _link?.IsLocal(address) == true)
            ? nobody with { Node = _link!.Node }
            : ResolvedEnd.Of(name, _cluster);

    private List<Reason> Egress(Flow flow, ResolvedEnd from, ResolvedEnd to, IpFamily? family)
    {
        if (from.Pod is null)
        {
            return [new Reason(Direction.Egress, from.Text, ReasonCode.NotAPod)];
        }

        if (from.Pod.Finished)
        {
            return [new Reason(Direction.Egress, from.Text, ReasonCode.Finished)];
        }

        return from.Pod.Name == to.Pod?.Name
            ? [new Reason(Direction.Egress, from.Text, ReasonCode.SamePod)]
            : Side(Direction.Egress, flow, subject: from, peer: to, family);
    }

    private List<Reason> Ingress(Flow flow, ResolvedEnd from, ResolvedEnd to, IpFamily? family)
    {
        if (to.Pod is null)
        {
            return [new Reason(Direction.Ingress, to.Text, ReasonCode.NotAPod)];
        }

        if (to.Pod.Finished)
        {
            return [new Reason(Direction.Ingress, to.Text, ReasonCode.Finished)];
        }

        if (from.Pod?.Name == to.Pod.Name)
        {
            return [new Reason(Direction.Ingress, to.Text, ReasonCode.SamePod)];
        }

        return from.Node is { Length: > 0 } node && node == to.Pod.NodeName
            ? [new Reason(Direction.Ingress, to.Text, ReasonCode.OwnNode)]
            : Side(Direction.Ingress, flow, subject: to, peer: from, family);
    }

    /// <summary>Asks the policies of a pod.</summary>
    private List<Reason> Side(
        Direction direction,
        Flow flow,
        ResolvedEnd subject,
        ResolvedEnd peer,
        IpFamily? family)
    {
        var selecting = _cluster.Policies.Values.Where(policy =>
            !policy.IsStaged && policy.Rules(direction) is not null
            && policy.Subject is not null && _matcher.Selects(policy.Subject, subject.Pod!));
        var reasons = _tiers.Ask(selecting, direction, flow, subject, peer, family, isolates: true, out var isDecided);
        return isDecided ? reasons : [.. reasons, new Reason(direction, subject.Text, ReasonCode.NotIsolated)];
    }
}
