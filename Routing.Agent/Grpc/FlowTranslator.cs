using System.Globalization;
using Grpc.Core;
using Routing.Agent.Flows;
using Routing.Agent.Grpc.Protocol;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Grpc;

/// <summary>Flows into messages, and what is asked of them out of messages.</summary>
internal static class FlowTranslator
{
    /// <exception cref="RpcException">A field is not what is allowed.</exception>
    public static FlowFilter Filter(WatchFlowsRequest request)
    {
        ReportedVerdict? verdict = null;
        if (request.Verdict.Length > 0)
        {
            verdict = Enum.TryParse<ReportedVerdict>(request.Verdict, ignoreCase: true, out var known) ? known
                : throw Invalid($"verdict '{request.Verdict}': allowed are "
                    + string.Join(", ", Enum.GetNames<ReportedVerdict>()));
        }

        NamespacedName? pod = null;
        if (request.Pod.Length > 0)
        {
            pod = request.Pod.Split('/') is [{ Length: > 0 } home, { Length: > 0 } name] ? new NamespacedName(home, name)
                : throw Invalid($"pod '{request.Pod}': allowed is namespace/name");
        }

        return new FlowFilter
        {
            Verdict = verdict,
            Pod = pod,
            Namespace = request.Namespace.Length == 0 ? null : request.Namespace,
            Policy = request.Policy.Length == 0 ? null : request.Policy,
        };
    }

    public static FlowEvent Translate(FlowRecord flow)
    {
        var header = flow.Header;
        var message = new FlowEvent
        {
            Time = flow.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            Verdict = flow.Verdict.ToString(),
            Direction = flow.Direction.ToString(),
            From = Translate(flow.From),
            To = Translate(flow.To),
            Protocol = NameOf(header.Protocol),
            Port = header.DestinationPort,
            IcmpType = header.IcmpType,
            IcmpCode = header.IcmpCode,
            Packets = (ulong)flow.Packets,
            Reason = flow.Reason.ToString(),
            StagedVerdict = flow.Staged?.ToString() ?? "",
        };
        message.Rules.AddRange(flow.Rules.Select(Translate));
        message.StagedRules.AddRange(flow.StagedRules.Select(Translate));
        return message;
    }

    private static FlowEndpoint Translate(FlowPeer peer) => new()
    {
        Address = peer.Address.ToString(),
        Namespace = peer.Pod?.Namespace ?? "",
        Pod = peer.Pod?.Name ?? "",
        Node = peer.Node ?? "",
    };

    private static DecidingRule Translate(FlowRule rule) => new()
    {
        Kind = rule.Policy.Kind.ToString(),
        Namespace = rule.Policy.Name.Namespace,
        Name = rule.Policy.Name.Name,
        Field = rule.Field,
    };

    private static string NameOf(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.IcmpV6 => "ICMPv6",
        TransportProtocol.UdpLite => "UDP-Lite",
        _ when Enum.IsDefined(protocol) => protocol.ToString().ToUpperInvariant(),
        _ => ((byte)protocol).ToString(CultureInfo.InvariantCulture),
    };

    private static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));
}
