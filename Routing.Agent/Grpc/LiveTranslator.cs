using Grpc.Core;
using Routing.Agent.Dataplane.Counts;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Grpc.Protocol;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;
using Routing.Policy.Translate;

namespace Routing.Agent.Grpc;

/// <summary>A flow out of a question, and what was found out about it into a reply.</summary>
internal static class LiveTranslator
{
    /// <exception cref="RpcException">A field is not what is allowed.</exception>
    public static Flow Flow(ExplainFlowRequest request)
    {
        if (!TransportProtocols.TryParse(request.Protocol, out var protocol))
        {
            throw Invalid($"protocol '{request.Protocol}': allowed is {TransportProtocols.Allowed}");
        }

        return request.Port is > 0 and <= ushort.MaxValue
            ? new Flow(End("from", request.From), End("to", request.To), protocol, (ushort)request.Port)
            : throw Invalid($"port '{request.Port}': allowed is a number from 1 to 65535");
    }

    /// <param name="explanation">What was found out.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="counts">What rules have decided; null where they are not counted.</param>
    public static ExplainFlowReply Reply(
        LiveExplanation explanation, ExplainFlowRequest request, IReadOnlyList<RuleCount>? counts = null)
    {
        var reply = new ExplainFlowReply
        {
            Node = explanation.Node,
            Backend = explanation.Backend,
            From = Translate(explanation.From),
            To = Translate(explanation.To),
            Protocol = request.Protocol,
            Port = request.Port,
            Agrees = explanation.Agrees,
        };
        reply.Families.AddRange(explanation.Families.Select(family => Translate(family, counts ?? [])));
        return reply;
    }

    private static FlowEnd End(string field, string text) => FlowEnd.TryParse(text, out var end) ? end!
        : throw Invalid($"{field} '{text}': allowed is namespace/pod or an IP address");

    private static Protocol.LiveEnd Translate(Dataplane.Live.LiveEnd end) => new()
    {
        Name = $"{end.Name}",
        Node = end.Place.Node,
        HostInterface = end.Place.Interface ?? "",
        LookedAt = end.IsHere,
        WhyNot = end switch
        {
            { IsHere: true } => "",
            { Place: { Pod: not null, Node.Length: > 0 } place } => $"it is on {place.Node}: ask the agent there",
            { Place.Pod: not null } => "it is bound to no node",
            { Place: { IsNode: true } place } => $"it is node {place.Node}, which has no policies of pods",
            _ => "it is no pod",
        },
    };

    private static Protocol.LiveFamily Translate(Dataplane.Live.LiveFamily family, IReadOnlyList<RuleCount> counts)
    {
        var message = new Protocol.LiveFamily
        {
            Family = family.Family == IpFamily.V4 ? "IPv4" : "IPv6",
            Source = family.Source.ToString(),
            Destination = family.Destination.ToString(),
            Link = family.Link ?? "",
            Verdict = family.Verdict.ToString(),
            Policies = family.IsAllowed ? "Allow" : "Deny",
            Agrees = family.Agrees,
        };
        message.Steps.AddRange(family.Steps.Select(Translate));
        if (family.IsClosed)
        {
            message.Reasons.Add(new LiveReason { Code = "UnknownPod", Text = "closed until the pod is known" });
        }

        message.Reasons.AddRange(family.Reasons.Select(reason => Translate(reason, counts)));
        message.Differences.AddRange(family.Differences);
        return message;
    }

    private static LiveReason Translate(Reason reason, IReadOnlyList<RuleCount> counts)
    {
        var count = counts.FirstOrDefault(one => one.Rule.Verdict != CountedVerdict.Staged && reason.Field is not null
            && (one.Rule.Policy, one.Rule.Field) == (reason.Policy, reason.Field)
            && (one.Rule.Direction, one.Rule.Layer) == (reason.Side, reason.Layer))?.Count;
        return new LiveReason
        {
            Side = reason.Side.ToString(),
            Code = reason.Code.ToString(),
            Text = reason.ToString(),
            Rule = reason.Policy is { } policy ? Translate(policy, reason.Field ?? "") : null,
            Counts = count is not null,
            Packets = (ulong)(count?.Packets ?? 0),
            Octets = (ulong)(count?.Octets ?? 0),
        };
    }

    private static Protocol.LiveStep Translate(Dataplane.Live.LiveStep step)
    {
        var rule = step.Rule;
        var message = new Protocol.LiveStep
        {
            Chain = rule.Chain,
            Depth = (uint)rule.Depth,
            Rule = (uint)rule.Rule,
            Matches = rule.Matches,
            Action = rule.Action,
            Comment = rule.Comment,
            Counts = rule.Count is not null,
            Packets = (ulong)(rule.Count?.Packets ?? 0),
            Octets = (ulong)(rule.Count?.Octets ?? 0),
            Unknown = rule.Unknown ?? "",
        };
        message.Lookups.AddRange(step.Lookups.Select(lookup => new Protocol.LiveLookup
        {
            Set = lookup.Lookup.Set,
            Found = lookup.Lookup.Found,
            Element = lookup.Lookup.Text,
            Origin = lookup.Origin is { } origin ? Translate(origin.Policy, origin.Field) : null,
        }));
        return message;
    }

    private static DecidingRule Translate(PolicyKey policy, string field) => new()
    {
        Kind = policy.Kind.ToString(),
        Namespace = policy.Name.Namespace,
        Name = policy.Name.Name,
        Field = field,
    };

    private static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));
}
