using System.Collections.Immutable;
using Routing.Agent.Dataplane.Ways;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Live;

/// <summary>Sends the first packet of a flow through the rules that are in the kernel, and puts the same flow to the evaluator.</summary>
/// <remarks>
/// <code>
/// policy (its owner): who is where, policies about them, ruleset ─► kernel: routes ─► walk ─► policy: whose elements are these?
///                                     └────────────────────────► PolicyEvaluator ──────► the same verdict?
/// </code>
/// The looks are not one moment. A change that comes between shows as a disagreement, so one is looked at again before it is
/// told; one that stands is true. An end that is neither a pod of the node nor the node itself is behind the interface that the node's
/// routes lead by, from the other end; where there are several ways and host endpoints, each is told.
/// </remarks>
/// <param name="policy">The node's policy.</param>
/// <param name="backend">Name of the packet filter back end, which may change.</param>
/// <param name="open">Opens a look at the kernel.</param>
/// <param name="openWays">Opens a look at the kernel's routes.</param>
/// <param name="settle">How long a change takes to come into the kernel.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveExplainer(
    IPolicyReader policy, Func<string> backend, Func<IKernelRules> open, Func<IPacketWays> openWays, TimeSpan settle,
    TimeProvider time)
{
    private const int Looks = 3;

    /// <summary>Stands for an interface of which nothing is known; no interface can be called so.</summary>
    private const string Elsewhere = "/";

    /// <summary>Explains a flow.</summary>
    /// <exception cref="LiveQuestionException">This node has nothing to say about it.</exception>
    /// <exception cref="Netlink.NetlinkException">The kernel could not be read.</exception>
    /// <exception cref="Iptables.ProgramException">Likewise, by the programs of iptables.</exception>
    public async Task<LiveExplanation> ExplainAsync(Flow flow, CancellationToken cancellationToken)
    {
        using var rules = open();
        using var ways = openWays();
        for (var look = 1; ; look++)
        {
            var explanation = await LookAsync(flow, rules, ways, cancellationToken);
            if (explanation.Agrees || look == Looks)
            {
                return explanation;
            }

            await Task.Delay(settle, time, cancellationToken);
        }
    }

    private async Task<LiveExplanation> LookAsync(
        Flow flow, IKernelRules rules, IPacketWays ways, CancellationToken cancellationToken)
    {
        var asked = await policy.ReadAsync(one => Ask(one, flow), cancellationToken);
        var (from, to) = (EndOf(flow.From, asked.From, asked.Node, ways), EndOf(flow.To, asked.To, asked.Node, ways));
        Check(from, to, asked.Node);
        var families = ImmutableArray.CreateBuilder<LiveFamily>();
        foreach (var family in Enum.GetValues<IpFamily>())
        {
            if (AddressOf(from, family) is { } source && AddressOf(to, family) is { } destination)
            {
                foreach (var link in LinksOf((from, source), (to, destination), asked, ways))
                {
                    families.Add(await ExplainAsync(
                        flow, (from, source), (to, destination), link, asked, rules, ways, cancellationToken));
                }
            }
        }

        return families.Count > 0 ? new LiveExplanation(asked.Node, backend(), from, to, families.ToImmutable())
            : throw new LiveQuestionException(
                $"{from.Name} ({Words(from.Place.Addresses)}) and {to.Name} ({Words(to.Place.Addresses)}) have no IP version in common");
    }

    /// <summary>The interfaces by which the flow comes from elsewhere or goes there; nothing where none has a part in it, or where
    /// nobody asks which.</summary>
    private static ImmutableArray<string?> LinksOf(
        (LiveEnd End, Address Address) from, (LiveEnd End, Address Address) to, Asked asked, IPacketWays ways)
    {
        var (near, far) = to.End.IsElsewhere ? (from, to) : (to, from);
        if (asked.HostEndpoints.IsEmpty || !far.End.IsElsewhere)
        {
            return [null];
        }

        var links = ways.Towards(new PacketWay(far.Address, near.Address, near.End.Place.Interface));
        return links.IsEmpty
            ? throw new LiveQuestionException(
                $"no route of {asked.Node} says by which interface packets of {near.Address} and {far.Address} go, "
                + "and its host endpoints are interfaces")
            : links.CastArray<string?>();
    }

    private async Task<LiveFamily> ExplainAsync(
        Flow flow, (LiveEnd End, Address Address) from, (LiveEnd End, Address Address) to, string? link, Asked asked,
        IKernelRules rules, IPacketWays ways, CancellationToken cancellationToken)
    {
        var packet = new Packet(
            from.End.Place.Interface ?? (from.End.IsElsewhere ? link ?? Elsewhere : null),
            to.End.Place.Interface ?? (to.End.IsElsewhere ? link ?? Elsewhere : null),
            from.Address, to.Address, flow.Protocol, flow.Port);
        var walk = rules.Walk(packet, asked.Ruleset);
        var simulator = new RulesetSimulator(asked.Ruleset, isIndexed: true);
        var elements = walk.Steps.SelectMany(step => step.Lookups).Select(lookup => lookup.Set).Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Element: simulator.Find(name, packet))).Where(one => one.Element is not null)
            .ToDictionary(one => one.Name, one => one.Element!.Value, StringComparer.Ordinal);
        var origins = await policy.ReadAsync(
            one => elements.ToDictionary(each => each.Key, each => one.RuleOf(each.Key, each.Value), StringComparer.Ordinal),
            cancellationToken);
        var view = asked.Slice.ToView();
        var endpoint = link is null ? null : asked.HostEndpoints.GetValueOrDefault(link) ?? asked.HostEndpoints.GetValueOrDefault("");
        var verdict = new PolicyEvaluator(view, asked.Failsafes, new HostLink(asked.Node, ways.IsLocal, endpoint)).Evaluate(
            flow with { From = Named(flow.From, from.Address, view), To = Named(flow.To, to.Address, view) });
        return new LiveFamily
        {
            Family = from.Address.Family,
            Source = from.Address,
            Destination = to.Address,
            Link = link,
            Verdict = walk.Verdict,
            Steps = [.. walk.Steps.Select(step => new LiveStep(step, [.. step.Lookups.Select(lookup =>
                new LiveLookup(lookup, lookup.Found ? origins.GetValueOrDefault(lookup.Set) : null))]))],
            Reasons =
            [
                .. verdict.Families.Where(one => one.Family is null || one.Family == from.Address.Family)
                    .SelectMany(one => one.Reasons)
                    .Where(reason => reason.Layer is not null || (reason.Side == Direction.Egress ? from.End.IsHere : to.End.IsHere)),
            ],
            IsClosed = new[] { from.End, to.End }.Any(end => end.IsHere && !end.Place.IsOpen) && !from.End.IsNode,
            Differences =
            [
                .. walk.Differences,
                .. from step in walk.Steps
                   from lookup in step.Lookups
                   where !lookup.IsPart
                   from difference in Differences(step, lookup, packet, asked.Ruleset, simulator, origins)
                   select difference,
            ],
        };
    }

    private static IEnumerable<string> Differences(
        KernelStep step, KernelLookup lookup, Packet packet, Ruleset wanted, RulesetSimulator simulator,
        Dictionary<string, RuleOrigin?> origins)
    {
        if (wanted.Sets.TryGetValue(lookup.Set, out var set))
        {
            var element = simulator.Find(lookup.Set, packet);
            if (element is { } missing && !lookup.Found)
            {
                var origin = origins.GetValueOrDefault(lookup.Set);
                yield return $"set {lookup.Set} lacks {SetWords.Of(set, missing)}"
                    + (origin is null ? "" : $", which {origin.Policy} at {origin.Field} put there");
            }
            else if (element is null && lookup.Found)
            {
                yield return $"set {lookup.Set} has {lookup.Text}, which is no policy's";
            }
        }
        else if (wanted.Maps.TryGetValue(lookup.Set, out var map))
        {
            var key = map.Key == RuleField.InputInterface ? packet.InputInterface : packet.OutputInterface;
            var leads = map.Elements.TryGetValue(key ?? "", out var verdict)
                ? verdict.Kind.ToString().ToLowerInvariant() + (verdict.Chain is null ? "" : $" {verdict.Chain}")
                : "";
            if (leads != (lookup.Found ? step.Action : ""))
            {
                yield return leads.Length == 0 ? $"map {lookup.Set} has {lookup.Text}, which is no pod's"
                    : !lookup.Found ? $"map {lookup.Set} lacks {key}: {leads}"
                    : $"map {lookup.Set} has {key}: {step.Action}, not {leads}";
            }
        }
    }

    /// <summary>On the policy's thread.</summary>
    private static Asked Ask(NodePolicy policy, Flow flow)
    {
        var (from, to) = (policy.PlaceOf(flow.From), policy.PlaceOf(flow.To));
        var addresses = new[] { from, to }.OfType<EndPlace>().SelectMany(place => place.Addresses).ToHashSet();
        return new Asked(
            policy.NodeName, from, to, policy.SliceOf(addresses), policy.Compiled, policy.HostEndpointsByInterface, policy.Failsafes);
    }

    /// <summary>A pod's policies are enforced where its interface is.</summary>
    private static LiveEnd EndOf(FlowEnd name, EndPlace? place, string node, IPacketWays ways)
    {
        if (place is null)
        {
            throw new LiveQuestionException($"the agent of {node} knows no pod '{name}'; ends are pods or addresses here, not workloads");
        }

        if (place is { Pod: null, IsNode: false } && place.Addresses.Any(ways.IsLocal))
        {
            place = place with { Node = node, IsNode = true }; // of an address that its Node object does not say
        }

        return new LiveEnd(
            name, place, place.Interface is not null || (place.Pod is not null && place.Node == node), place.IsNode && place.Node == node);
    }

    private static void Check(LiveEnd from, LiveEnd to, string node)
    {
        foreach (var end in new[] { from, to })
        {
            if (end.IsHere && end.Place.Interface is null)
            {
                throw new LiveQuestionException($"{end.Name} is bound to this node ({node}), but has no interface here");
            }

            if (end.Place.Addresses.IsEmpty)
            {
                throw new LiveQuestionException($"{end.Name} has no address yet");
            }
        }

        if (from.IsNode && to.IsNode)
        {
            throw new LiveQuestionException($"both ends are this node ({node}): what it says to itself is no policy's");
        }

        if (from.IsElsewhere && to.IsElsewhere)
        {
            throw new LiveQuestionException(
                $"neither end is this node ({node}) or a pod of it: {Where(from)}, {Where(to)}");
        }
    }

    private static string Where(LiveEnd end) => end.Place switch
    {
        { Pod: { } pod, Node.Length: > 0 } place => $"{pod} is on {place.Node}, whose agent has its side",
        { Pod: { } pod } => $"{pod} is bound to no node",
        { IsNode: true } place => $"{end.Name} is node {place.Node}",
        _ => $"{end.Name} is no pod's address",
    };

    /// <summary>By its name where the evaluator can know it; a pod of the node itself is its address.</summary>
    private static FlowEnd Named(FlowEnd end, Address address, ClusterView view) =>
        end is FlowEnd.Pod(var name) && view.Pods.ContainsKey(name) ? end : new FlowEnd.Address(address);

    private static Address? AddressOf(LiveEnd end, IpFamily family) =>
        end.Place.Addresses.Where(address => address.Family == family).Select(address => (Address?)address).FirstOrDefault();

    private static string Words(ImmutableArray<Address> addresses) => string.Join(", ", addresses);

    private sealed record Asked(
        string Node, EndPlace? From, EndPlace? To, ClusterSlice Slice, Ruleset Ruleset,
        ImmutableSortedDictionary<string, HostEndpointView> HostEndpoints, FailsafePorts Failsafes);
}
