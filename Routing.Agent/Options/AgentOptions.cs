using Routing.Policy.Compile;
using Routing.Policy.Model;

namespace Routing.Agent.Options;

/// <summary>What `routing agent` is told on its command line, checked by <see cref="AgentOptionsValidator"/>.</summary>
public sealed class AgentOptions : DaemonOptions
{
    /// <summary>Default of <see cref="StateDirectory"/>; lost at a reboot, as it must be: so are namespaces and
    /// rules.</summary>
    public const string DefaultStateDirectory = "/run/routing";

    /// <summary>Name of the Node object this agent serves.</summary>
    public required string NodeName { get; init; }

    /// <summary>What looks at rules before they are committed: "off" or "sample".</summary>
    public string Verifier { get; init; } = "off";

    /// <summary>Namespace of the Secrets that BGPPeers name; null follows none.</summary>
    public string? SecretsNamespace { get; init; }

    /// <summary>Where sockets and attachments lie (DESIGN.md §7).</summary>
    public string StateDirectory { get; init; } = DefaultStateDirectory;

    /// <summary>Which packets are reported: one of <see cref="AllowedFlows"/>.</summary>
    public string Flows { get; init; } = "denied";

    /// <summary>Values of <see cref="Flows"/>: nothing; what is denied; new connections that pass, too.</summary>
    public static IReadOnlyList<string> AllowedFlows { get; } = ["off", "denied", "all"];

    /// <summary>The NFLOG group of the reports, which must be nobody else's.</summary>
    public int FlowsGroup { get; init; } = ReportOptions.DefaultGroup;

    /// <summary>Bounds of what becomes of reported packets.</summary>
    public FlowOptions FlowLimits { get; init; } = new();

    /// <summary>Count for each rule of each policy what it decides.</summary>
    public bool CountRules { get; init; }

    /// <summary>What the packet filter reports and counts. Only for validated options.</summary>
    public ReportOptions Reports => new()
    {
        Group = (ushort)FlowsGroup,
        Denied = Flows != "off",
        Allowed = Flows == "all",
        CountsRules = CountRules,
    };

    /// <summary>The host's ports that no policy of a host endpoint closes, as <see cref="FailsafeText"/> reads them.</summary>
    public string FailsafeInbound { get; init; } = FailsafeText.Write(FailsafePorts.Default.Inbound);

    /// <summary>The same of others' ports.</summary>
    public string FailsafeOutbound { get; init; } = FailsafeText.Write(FailsafePorts.Default.Outbound);

    /// <summary>Both. Only for validated options.</summary>
    public FailsafePorts Failsafes => new()
    {
        Inbound = FailsafeText.Read(FailsafeInbound, out _),
        Outbound = FailsafeText.Read(FailsafeOutbound, out _),
    };

    /// <summary>Whose answers say what domain names stand for: Services as NAMESPACE/NAME, and addresses, with commas.</summary>
    public string DnsServers { get; init; } = DefaultDnsServers;

    /// <summary>Default of <see cref="DnsServers"/>.</summary>
    public const string DefaultDnsServers = "kube-system/kube-dns";

    /// <summary>The NFQUEUE, or NFLOG group, in which answers of DNS come, which must be nobody else's.</summary>
    public int DnsQueue { get; init; } = DnsOptions.DefaultQueue;

    /// <summary>How answers of DNS are seen. Only for validated options.</summary>
    public DnsOptions Dns
    {
        get
        {
            var parts = DnsServers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return new DnsOptions
            {
                Queue = (ushort)DnsQueue,
                Services =
                [
                    .. from part in parts
                       let names = part.Split('/')
                       where names.Length == 2
                       select new NamespacedName(names[0], names[1]),
                ],
                Servers = [.. parts.Where(part => !part.Contains('/')).Select(Address.Parse)],
            };
        }
    }

    /// <summary>What the packet filter is written with.</summary>
    public PolicyBackend Backend { get; init; } = PolicyBackend.Auto;

    /// <summary>Loop timings.</summary>
    public DataplaneOptions Dataplane { get; init; } = new();

    /// <summary>Route timings.</summary>
    public FibOptions Fib { get; init; } = new();

    /// <summary>Socket of the command line.</summary>
    public string AgentSocket => Path.Combine(StateDirectory, "agent.sock");

    /// <summary>Socket of the CNI shim.</summary>
    public string CniSocket => Path.Combine(StateDirectory, "cni.sock");

    /// <summary>Held locked by the one agent of the state directory.</summary>
    public string LockFile => Path.Combine(StateDirectory, "agent.lock");

    /// <summary>File of what was learned of domain names.</summary>
    public string NamesFile => Path.Combine(StateDirectory, "names");

    /// <summary>Folder of the attachments' files.</summary>
    public string AttachmentsDirectory => Path.Combine(StateDirectory, "attachments");
}
