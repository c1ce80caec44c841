using System.Globalization;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli;

/// <summary>A flow as a line: time, verdict, ends, port, packets, why.</summary>
internal static class ReportedFlowLine
{
    public static string Format(FlowEvent flow)
    {
        if (flow.Lost > 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{flow.Lost} flows lost: this watcher is too slow");
        }

        var time = DateTime.Parse(flow.Time, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        var verdict = flow.Verdict.ToLowerInvariant();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{time:HH:mm:ss.fff} {verdict,-5} {NameOf(flow.From)} -> {NameOf(flow.To)} {Service(flow)} {Packets(flow)}: {Why(flow)}");
    }

    private static string Why(FlowEvent flow)
    {
        var side = flow.Direction == "Ingress" ? "ingress" : "egress";
        var rules = string.Join(", ", flow.Rules.Select(NameOf));
        var why = flow.Reason switch
        {
            "DeniedByRule" => $"{side} denied by {rules}",
            "Isolated" => $"{side} isolated by {rules}, no rule allows it",
            "AllowedByRule" => $"{side} allowed by {rules}",
            "ClosedHost" => $"{side} denied, no policy of the host endpoint allows it",
            "NotIsolated" => $"{side} allowed, no policy isolates the pod",
            "ForeignSource" => "the source is not this pod's address",
            "UnknownPod" => $"{side} closed until the pod is known",
            "Resumed" => "goes on with a connection that is not known, which "
                + (flow.Direction == "Ingress" ? "egress policies of its receiver" : "ingress policies of its sender") + " may have ended",
            "Logged" when rules.Length > 0 => $"{side} logged by {rules}",
            "Logged" => $"{side} logged by a rule that has changed since",
            "Changed" => $"{side} decided by policies that have changed since",
            _ => $"{side} policies, not looked up: too many flows at once",
        };
        return flow.StagedVerdict.Length == 0
            ? why
            : $"{why}; would {flow.StagedVerdict.ToLowerInvariant()} with what is staged"
                + (flow.StagedRules.Count == 0 ? "" : $", by {string.Join(", ", flow.StagedRules.Select(NameOf))}");
    }

    private static string NameOf(FlowEndpoint end) =>
        end.Pod.Length > 0 ? $"{end.Namespace}/{end.Pod}" : end.Node.Length > 0 ? $"{end.Address} ({end.Node})" : end.Address;

    private static string NameOf(DecidingRule rule)
    {
        var policy = rule.Namespace.Length == 0 ? $"{rule.Kind} {rule.Name}" : $"{rule.Kind} {rule.Namespace}/{rule.Name}";
        return rule.Field.Length == 0 ? policy : $"{policy} {rule.Field}";
    }

    private static string Service(FlowEvent flow) => flow.Protocol switch
    {
        "ICMP" or "ICMPv6" => string.Create(
            CultureInfo.InvariantCulture, $"{flow.Protocol} type {flow.IcmpType} code {flow.IcmpCode}"),
        _ when flow.Port > 0 => string.Create(CultureInfo.InvariantCulture, $"{flow.Protocol} {flow.Port}{Version(flow)}"),
        _ => $"{flow.Protocol}{Version(flow)}",
    };

    /// <summary>Names do not say over which IP version it goes: a flow over each would stand there twice.</summary>
    private static string Version(FlowEvent flow) => flow.To.Address.Contains(':', StringComparison.Ordinal) ? " IPv6" : "";

    private static string Packets(FlowEvent flow) => flow.Packets == 1
        ? "1 packet"
        : string.Create(CultureInfo.InvariantCulture, $"{flow.Packets} packets");
}
