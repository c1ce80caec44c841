using System.Collections.Immutable;
using Routing.Agent.Dataplane.Conntrack;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;

namespace Routing.Agent.Domains;

/// <summary>Lets connections go on to addresses that names stood for when they began: that a TTL ran out revokes nothing. What the
/// policies forbid even if the names still stood for them ends.</summary>
/// <param name="lapsed">What names stood for.</param>
/// <param name="ask">Asks who has some addresses and what policies are about them.</param>
internal sealed class LapsedNames(
    Func<ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>>> lapsed,
    Func<IReadOnlySet<Address>, CancellationToken, Task<ClusterSlice>> ask) : IPardon
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<ConntrackEntry>> WithoutPardonedAsync(
        IReadOnlyList<ConntrackEntry> forbidden, CancellationToken cancellationToken)
    {
        var names = lapsed();
        var asked = forbidden.Where(entry => names.Values.Any(addresses => addresses.Contains(entry.Reply.Source))).ToHashSet();
        if (asked.Count == 0)
        {
            return forbidden;
        }

        var ends = asked.SelectMany(entry => new[] { entry.Original.Source, entry.Reply.Source }).ToHashSet();
        var view = (await ask(ends, cancellationToken)).ToView();
        var evaluator = new PolicyEvaluator(view with
        {
            Domains = names.Aggregate(view.Domains, (all, one) =>
                all.SetItem(one.Key, all.GetValueOrDefault(one.Key, []).Union(one.Value))),
        }, link: HostLink.None);
        return [.. forbidden.Where(entry => !asked.Contains(entry) || !evaluator.Evaluate(FlowOf(entry)).Allowed)];
    }

    private static Flow FlowOf(ConntrackEntry entry)
    {
        var protocol = (TransportProtocol)entry.Original.Protocol;
        return new Flow(
            new FlowEnd.Address(entry.Original.Source), new FlowEnd.Address(entry.Reply.Source), protocol,
            protocol.HasPorts() ? entry.Reply.SourcePort : (ushort)0)
        {
            SourcePort = protocol.HasPorts() ? entry.Original.SourcePort : (ushort)0,
            IcmpType = entry.Original.IcmpType,
            IcmpCode = entry.Original.IcmpCode,
        };
    }
}
