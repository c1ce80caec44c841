using System.CommandLine;
using Routing.Agent.Options;
using Routing.Agent.Roles;

namespace Routing.Agent.Cli;

/// <summary>`routing agent`: the node's daemon.</summary>
internal static class AgentVerb
{
    public static Command Create()
    {
        var defaults = new AgentOptions { NodeName = "" };
        var daemon = new DaemonFlags(defaults, "Least level logged; `routing log-level` changes it later.");
        var node = new Option<string>("--node")
        {
            Description = "Name of this Node.",
            HelpName = "NAME",
            Required = true,
        };
        var secretsNamespace = new Option<string?>("--secrets-namespace")
        {
            Description = "Namespace of the Secrets that BGPPeers name for passwords (default: none are followed).",
            HelpName = "NAME",
        };
        var stateDirectory = new Option<string>("--state-dir")
        {
            Description = "Where sockets and attachments lie; on a file system that does not outlive a reboot.",
            HelpName = "DIR",
            DefaultValueFactory = _ => defaults.StateDirectory,
        };
        var flows = new Option<string>("--flows")
        {
            Description = "Packets that `routing flows` can show: off, denied, or all (new connections that pass, too).",
            HelpName = "WHICH",
            DefaultValueFactory = _ => defaults.Flows,
        };
        var flowsGroup = new Option<int>("--flows-group")
        {
            Description = "NFLOG group they are reported to, which nobody else may listen to.",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.FlowsGroup,
        };
        var backend = BackendOption.Create();
        var verifier = new Option<string>("--verifier")
        {
            Description = "off, or sample: before rules are committed, packets around the change are replayed against the "
                + "policies; rules that do otherwise are refused.",
            HelpName = "MODE",
            DefaultValueFactory = _ => defaults.Verifier,
        };
        var failsafeInbound = new Option<string>("--failsafe-inbound")
        {
            Description = $"Ports of this host that no policy of a host endpoint closes: {FailsafeText.Allowed}.",
            HelpName = "PORTS",
            DefaultValueFactory = _ => defaults.FailsafeInbound,
        };
        var failsafeOutbound = new Option<string>("--failsafe-outbound")
        {
            Description = "The same of other hosts: this host may always open connections to these ports.",
            HelpName = "PORTS",
            DefaultValueFactory = _ => defaults.FailsafeOutbound,
        };
        var dnsServers = new Option<string>("--dns-servers")
        {
            Description = "Whose answers say what domain names in policies stand for: Services as NAMESPACE/NAME and IP addresses, "
                + "with commas. Nobody else's are believed.",
            HelpName = "SERVERS",
            DefaultValueFactory = _ => defaults.DnsServers,
        };
        var dnsQueue = new Option<int>("--dns-queue")
        {
            Description = "NFQUEUE (or NFLOG group) in which these answers come, which nobody else may listen to.",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.DnsQueue,
        };
        var verb = new Command("agent", "Run the node's daemon: CNI, NetworkPolicy and BGP.")
        {
            node, daemon.Kubeconfig, secretsNamespace, stateDirectory, daemon.MetricsPort, daemon.MetricsAddress, flows, flowsGroup,
            daemon.LogLevel, backend, verifier, failsafeInbound, failsafeOutbound, dnsServers, dnsQueue,
        };
        var countRules = new Option<bool>("--count-rules")
        {
            Description = "Count for each rule of each policy the packets that it decides, for `routing policy counters`; costs memory "
                + "and time for each element of the packet filter's sets.",
        };
        verb.Options.Add(countRules);
        verb.SetAction((result, cancellationToken) =>
        {
            var options = new AgentOptions
            {
                NodeName = result.GetRequiredValue(node),
                Verifier = result.GetRequiredValue(verifier),
                Kubeconfig = result.GetValue(daemon.Kubeconfig),
                SecretsNamespace = result.GetValue(secretsNamespace),
                StateDirectory = result.GetRequiredValue(stateDirectory),
                MetricsPort = result.GetValue(daemon.MetricsPort),
                MetricsAddress = result.GetRequiredValue(daemon.MetricsAddress),
                Flows = result.GetRequiredValue(flows),
                FlowsGroup = result.GetValue(flowsGroup),
                CountRules = result.GetValue(countRules),
                DnsServers = result.GetRequiredValue(dnsServers),
                DnsQueue = result.GetValue(dnsQueue),
                LogLevel = result.GetRequiredValue(daemon.LogLevel),
                Backend = BackendOption.Read(result, backend),
                FailsafeInbound = result.GetRequiredValue(failsafeInbound),
                FailsafeOutbound = result.GetRequiredValue(failsafeOutbound),
            };
            var problems = AgentOptionsValidator.Validate(options);
            return problems.Count > 0
                ? throw new UserErrorException(string.Join("; ", problems), ExitCode.Usage)
                : AgentRole.RunAsync(options, cancellationToken);
        });
        return verb;
    }
}
