using System.Diagnostics.Metrics;
using Routing.Agent.Attachments;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Fib;
using Routing.Agent.Domains;
using Routing.Agent.Flows;
using Routing.Agent.KubeApi;
using Routing.Agent.Speaker;

namespace Routing.Agent.Metrics;

/// <summary>Gauges over the parts' snapshots, read when someone scrapes.</summary>
internal static class AgentGauges
{
    public static void Add(
        AgentMetrics metrics, AttachmentStore attachments, DataplaneLoop dataplane, FlowLoop flows, DomainLoop domains, FibLoop fib,
        SpeakerHost speaker,
        IReadOnlyList<WatchedResource> watches)
    {
        metrics.AddGauge("pods", "Pods attached to this node.", () => attachments.Attachments.Count);
        metrics.AddGauge("ruleset_in_force", "1 when the kernel's rules follow the API server.",
            () => dataplane.Status.InForce ? 1 : 0);
        metrics.AddGauge("flows_receiving", "1 when packets that rules report can be seen.",
            () => flows.Status.IsReceiving ? 1 : 0);
        metrics.AddCounter("policy_reports_lost", "Reported packets that the agent had no room for.",
            () => flows.Status.Lost + flows.Status.Overflowed);
        metrics.AddGauge("domain_addresses", "Addresses that domain names in policies stand for.", () => domains.Status.Addresses);
        metrics.AddGauge("domain_answers_receiving", "1 when answers of DNS can be seen.", () => domains.Status.Problem is null ? 1 : 0);
        metrics.AddCounter("domain_answers", "Answers of DNS about names in policies.", () => domains.Status.Answers);
        metrics.AddCounter("domain_answers_late", "Packets with answers that went on before what they say was in force.",
            () => domains.Status.Late);
        metrics.AddCounter("domain_packets_unread", "Packets of servers that went on unread: no room, or a TCP connection that is not followed.",
            () => domains.Status.Unread);
        metrics.AddGauge("domain_connections", "TCP connections of servers that are followed.", () => domains.Status.Connections);
        metrics.AddGauge("domain_names", "Names and wildcards of policies that stand for some address.", () => domains.Status.Names);
        metrics.AddGauge("fib_routes", "Routes of ours in the kernel.", () => fib.Status.Installed);
        metrics.AddGauge("fib_routes_pending", "Routes not as they should be.", () => fib.Status.Pending);
        metrics.AddGauge("bgp_running", "1 when the BGP speaker runs.", () => speaker.Status.IsRunning ? 1 : 0);
        metrics.AddGauge("bgp_problems", "Problems of the cluster's BGP objects.",
            () => speaker.Status.Problems.Length);
        metrics.AddGauge("api_watch_connected", "1 when a watch follows the API server.",
            () => watches.Select(watch => new Measurement<long>(
                watch.State().Connected ? 1 : 0, KeyValuePair.Create<string, object?>("resource", watch.Resource))));
    }
}
