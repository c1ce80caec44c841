using System.CommandLine;
using System.Globalization;
using Routing.Agent.Manifests;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Translate;

namespace Routing.Agent.Cli.Policies;

/// <summary>`--from A --to B --port N/tcp`: one flow, its ends pods, workloads or addresses.</summary>
internal sealed class FlowOptions
{
    private const string EndAllowed =
        "NAMESPACE/POD, NAMESPACE/WORKLOAD (as in shop/deployment/web or shop/web) or an IP address";

    private readonly Option<string> _from = new("--from")
    {
        Description = $"Who sends: {EndAllowed}.", HelpName = "END", Required = true,
    };

    private readonly Option<string> _to = new("--to")
    {
        Description = "Who receives, named likewise.", HelpName = "END", Required = true,
    };

    private readonly Option<string> _port = new("--port")
    {
        Description = "The destination's port, as in 80, 80/tcp, 53/udp.", HelpName = "PORT[/PROTOCOL]", Required = true,
    };

    private FlowOptions(Command verb)
    {
        verb.Options.Add(_from);
        verb.Options.Add(_to);
        verb.Options.Add(_port);
    }

    /// <summary>Adds the options to a verb.</summary>
    public static FlowOptions AddTo(Command verb) => new(verb);

    /// <summary>The flows meant: one, or with a workload one for each of its pods.</summary>
    /// <exception cref="UserErrorException">There is no such end, or no such port.</exception>
    public IReadOnlyList<Flow> Read(ParseResult result, ClusterManifests cluster)
    {
        var (protocol, port) = ParsePort(result.GetRequiredValue(_port));
        var from = Ends(result.GetRequiredValue(_from), "--from", cluster);
        var to = Ends(result.GetRequiredValue(_to), "--to", cluster);
        return from[0] is FlowEnd.Address(var a) && to[0] is FlowEnd.Address(var b) && a.Family != b.Family
            ? throw new UserErrorException(
                $"--to '{b}' is not allowed; an address of the same IP version as --from ({a})", ExitCode.Usage)
            : [.. from.SelectMany(one => to.Select(other => new Flow(one, other, protocol, port)))];
    }

    /// <summary>The flow as it is named, for whoever else knows the cluster.</summary>
    /// <exception cref="UserErrorException">There is no such port.</exception>
    public (string From, string To, TransportProtocol Protocol, ushort Port) ReadNames(ParseResult result)
    {
        var (protocol, port) = ParsePort(result.GetRequiredValue(_port));
        return (result.GetRequiredValue(_from), result.GetRequiredValue(_to), protocol, port);
    }

    /// <summary>Reads "80", "80/tcp", "53/UDP".</summary>
    /// <exception cref="UserErrorException">It is none of these.</exception>
    public static (TransportProtocol Protocol, ushort Port) ParsePort(string text)
    {
        var parts = text.Split('/');
        return parts.Length <= 2
            && ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            && TransportProtocols.TryParse(parts.ElementAtOrDefault(1)?.ToUpperInvariant() ?? "TCP", out var protocol)
            && protocol is TransportProtocol.Tcp or TransportProtocol.Udp or TransportProtocol.Sctp
                ? (protocol, port)
                : throw new UserErrorException(
                    $"--port '{text}' is not allowed; a number from 1 to 65535, with /tcp (the default), /udp or /sctp",
                    ExitCode.Usage);
    }

    private static List<FlowEnd> Ends(string text, string option, ClusterManifests cluster)
    {
        if (Address.TryParse(text, out var address))
        {
            return [new FlowEnd.Address(address)];
        }

        var parts = text.Split('/');
        if (parts.Length is < 2 or > 3 || parts.Any(part => part.Length == 0))
        {
            throw new UserErrorException($"{option} '{text}' is not allowed; {EndAllowed}", ExitCode.Usage);
        }

        var name = new NamespacedName(parts[0], parts[^1]);
        if (parts.Length == 2 && cluster.Cluster.Pods.ContainsKey(name))
        {
            return [new FlowEnd.Pod(name)];
        }

        var pods = cluster.Cluster.Pods.Values
            .Where(pod => pod.Name.Namespace == name.Namespace)
            .Where(pod => cluster.Sources.WorkloadOf(pod) is var workload && workload.Name == name
                && (parts.Length == 2 || workload.Kind.Equals(parts[1], StringComparison.OrdinalIgnoreCase)))
            .OrderBy(pod => pod.Name.Name, StringComparer.Ordinal).ToList();
        pods = pods.Exists(pod => !pod.Finished) ? pods.FindAll(pod => !pod.Finished) : pods; // who asks for web does not mean its last job
        return pods.Count > 0 ? pods.ConvertAll(pod => (FlowEnd)new FlowEnd.Pod(pod.Name)) : throw new UserErrorException(
            $"{option} '{text}': there is no such pod or workload{Near(name, cluster)}", ExitCode.Usage);
    }

    private static string Near(NamespacedName name, ClusterManifests cluster)
    {
        var there = cluster.Cluster.Pods.Values.Where(pod => pod.Name.Namespace == name.Namespace)
            .Select(pod => pod.Name.Name).Order(StringComparer.Ordinal).ToList();
        return there.Count == 0 ? $"; namespace '{name.Namespace}' has no pods"
            : $"; pods of '{name.Namespace}' are {string.Join(", ", there.Take(10))}{(there.Count > 10 ? ", ..." : "")}";
    }
}
