using Grpc.Core;
using Routing.Agent.Attachments;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Counts;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Domains;
using Routing.Agent.Flows;
using Routing.Agent.Grpc.Protocol;
using Routing.Agent.Logging;
using Routing.Agent.Netlink;
using Routing.Agent.Roles;
using Routing.Policy.Model;
using Serilog.Events;

namespace Routing.Agent.Grpc;

/// <summary>The agent's own service: snapshots into messages.</summary>
internal sealed class AgentGrpcService(
    AgentStatusSource status, DataplaneLoop dataplane, AttachmentStore attachments, DomainLoop domains, FlowLoop flows,
    LiveExplainer live, RuleCountSource counts, AgentLog log)
    : AgentApi.AgentApiBase
{
    /// <summary>Response header by which a watcher knows that it is heard; an error has headers too.</summary>
    public const string WatchingHeader = "routing-watching";

    public override Task<StatusReply> GetStatus(GetStatusRequest request, ServerCallContext context) =>
        status.GetStatusAsync(context.CancellationToken);

    public override async Task<ListPodsReply> ListPods(ListPodsRequest request, ServerCallContext context)
    {
        var known = attachments.Attachments;
        var open = await dataplane.ReadAsync(
            policy => known.Where(each => policy.IsOpen(each.HostInterface)).Select(each => each.Key).ToHashSet(),
            context.CancellationToken);
        var inForce = dataplane.Status is { InForce: true, LastError: null };
        var reply = new ListPodsReply();
        foreach (var each in known.OrderBy(each => each.Pod.Namespace, StringComparer.Ordinal)
            .ThenBy(each => each.Pod.Name, StringComparer.Ordinal))
        {
            var pod = new PodAttachment
            {
                Namespace = each.Pod.Namespace,
                Name = each.Pod.Name,
                HostInterface = each.HostInterface,
                ContainerId = each.Key.ContainerId,
                IfName = each.Key.IfName,
                Netns = each.NetnsPath,
                Committed = inForce && open.Contains(each.Key),
            };
            pod.Addresses.AddRange(each.Addresses.Select(address => address.ToString()));
            reply.Pods.Add(pod);
        }

        return reply;
    }

    public override async Task<ListPoliciesReply> ListPolicies(ListPoliciesRequest request, ServerCallContext context)
    {
        var reply = new ListPoliciesReply();
        foreach (var policy in await dataplane.ReadAsync(policy => policy.Policies(), context.CancellationToken))
        {
            var entry = new PolicyEntry
            {
                Kind = policy.Policy.Kind.ToString(),
                Namespace = policy.Policy.Name.Namespace,
                Name = policy.Policy.Name.Name,
            };
            entry.Directions.AddRange(policy.Types.Items.Select(direction => direction.ToString()));
            entry.LocalPods.AddRange(policy.LocalPods.Items.Select(pod => pod.ToString()));
            entry.LocalHosts.AddRange(policy.LocalHosts);
            entry.Problems.AddRange(policy.Problems.Items.Select(problem => problem.ToString()));
            entry.Problems.AddRange(policy.Faults);
            reply.Policies.Add(entry);
        }

        return reply;
    }

    public override async Task<ListNamesReply> ListNames(ListNamesRequest request, ServerCallContext context)
    {
        var names = await domains.ListAsync(context.CancellationToken);
        var pods = attachments.Attachments
            .SelectMany(each => each.Addresses, (each, address) => KeyValuePair.Create(Address.From(address), each.Pod.ToString()))
            .DistinctBy(one => one.Key).ToDictionary();
        var reply = new ListNamesReply();
        foreach (var name in names)
        {
            var entry = new Protocol.KnownName
            {
                Name = $"{name.Pattern}",
                Answers = (ulong)name.Answers,
                LastAsker = name.Asker is { } asker ? pods.GetValueOrDefault(asker, $"{asker}") : "",
            };
            entry.Addresses.AddRange(name.Addresses.Select(
                one => new KnownAddress { Address = $"{one.Address}", SecondsLeft = Math.Max(0, one.Left.TotalSeconds) }));
            reply.Names.Add(entry);
        }

        return reply;
    }

    public override Task<TopologyReply> GetTopology(GetTopologyRequest request, ServerCallContext context) =>
        status.GetTopologyAsync(context.CancellationToken);

    public override async Task<ExplainFlowReply> ExplainFlow(ExplainFlowRequest request, ServerCallContext context)
    {
        var flow = LiveTranslator.Flow(request);
        RequireRules();
        try
        {
            var explanation = await live.ExplainAsync(flow, context.CancellationToken);
            return LiveTranslator.Reply(
                explanation, request, counts.Reader is { } reader ? await reader.ReadAsync(context.CancellationToken) : null);
        }
        catch (Exception e) when (e is LiveQuestionException or NetlinkException or ProgramException)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, e.Message));
        }
    }

    public override async Task<CountRulesReply> CountRules(CountRulesRequest request, ServerCallContext context)
    {
        var refusal = counts.Refusal();
        if (refusal is not null || counts.Reader is not { } reader)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"this agent does not count by rule: {refusal}"));
        }

        RequireRules();
        try
        {
            return RuleCountTranslator.Reply(await reader.ReadAsync(context.CancellationToken), request.Policy);
        }
        catch (Exception e) when (e is NetlinkException or ProgramException)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, e.Message));
        }
    }

    public override async Task WatchFlows(
        WatchFlowsRequest request, IServerStreamWriter<FlowEvent> responseStream, ServerCallContext context)
    {
        var filter = FlowTranslator.Filter(request);
        if (flows.Status.Problem is { } problem)
        {
            throw new RpcException(new Status(
                StatusCode.FailedPrecondition, $"this agent cannot see flows: {problem}"));
        }

        await context.WriteResponseHeadersAsync(new Metadata { { WatchingHeader, "flows" } });
        await foreach (var (flow, lost) in flows.Feed.ReadAsync(filter, request.Follow, context.CancellationToken))
        {
            // Waits while the watcher does not read; meanwhile its bounded queue fills, and then it loses.
            await responseStream.WriteAsync(
                flow is null ? new FlowEvent { Lost = (ulong)lost } : FlowTranslator.Translate(flow),
                context.CancellationToken);
        }
    }

    public override Task<SetLogLevelReply> SetLogLevel(SetLogLevelRequest request, ServerCallContext context)
    {
        if (!Enum.TryParse<LogEventLevel>(request.Level, ignoreCase: true, out var level))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument,
                $"level '{request.Level}': allowed are {string.Join(", ", Enum.GetNames<LogEventLevel>())}"));
        }

        return log.TrySetLevel(request.Subsystem, level) ? Task.FromResult(new SetLogLevelReply())
            : throw new RpcException(
            new Status(StatusCode.InvalidArgument,
                $"subsystem '{request.Subsystem}': allowed are {string.Join(", ", AgentLog.Subsystems)}"));
    }

    private void RequireRules()
    {
        if (dataplane.Status is { InForce: false, Missing: var missing })
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, missing.IsEmpty
                ? $"this agent's rules are not in force yet: {dataplane.Status.LastError ?? "it has just started"}"
                : $"this agent's rules are not in force yet, not listed: {string.Join(", ", missing)}"));
        }
    }
}
