using System.CommandLine;
using Routing.Agent.Attachments;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Render;
using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;

namespace Routing.Agent.Cli;

/// <summary>`routing policy compile`: the rules that policies come to on a node, as text for the firewall's own
/// tool.</summary>
internal static class PolicyCompileVerb
{
    private const string Nftables = "nftables";
    private const string Iptables = "iptables";

    public static Command Create()
    {
        var verb = new Command(
            "compile", "Print the rules of a node as text for `nft -f`, `iptables-restore` or `ip6tables-restore`.");
        var manifests = ClusterOptions.AddTo(verb);
        var node = new Option<string>("--node")
        {
            Description = "The node; the pods whose nodeName this is are its local pods.",
            HelpName = "NAME",
            Required = true,
        };
        var backend = new Option<string>("--backend")
        {
            Description = "Whose language: nftables or iptables.",
            DefaultValueFactory = _ => Nftables,
        };
        backend.AcceptOnlyFromAmong(Nftables, Iptables);
        var family = new Option<string>("--family")
        {
            Description = "With iptables, which IP version: ipv4 (iptables-restore) or ipv6 (ip6tables-restore).",
            DefaultValueFactory = _ => "ipv4",
        };
        family.AcceptOnlyFromAmong("ipv4", "ipv6");
        var directory = new Option<string?>("--directory")
        {
            Description = "With iptables, a folder for what an agent puts in the kernel: sets.ipset for `ipset restore`, then rules.v4 "
                + "and rules.v6 for `iptables-restore --noflush` and `ip6tables-restore --noflush`. Without it, rules that need no "
                + "ipset are printed.",
            HelpName = "DIR",
        };
        verb.Options.Add(node);
        verb.Options.Add(backend);
        verb.Options.Add(family);
        verb.Options.Add(directory);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(directory) is not null && result.GetValue(backend) != Iptables)
            {
                result.AddError($"--directory is for --backend {Iptables}; of {Nftables} there is one text");
            }
        });
        verb.SetAction(async (result, cancellationToken) =>
        {
            if (await manifests.ReadAsync(result, cancellationToken) is not { Cluster: var cluster })
            {
                return ExitCode.Usage;
            }

            var ruleset = Compile(cluster, result.GetRequiredValue(node), result.InvocationConfiguration.Error);
            if (result.GetValue(directory) is { } folder)
            {
                await WriteAsync(IptablesFiles.Of(ruleset), folder, cancellationToken);
                return ExitCode.Success;
            }

            var version = result.GetRequiredValue(family) == "ipv4" ? IpFamily.V4 : IpFamily.V6;
            await result.InvocationConfiguration.Output.WriteAsync(result.GetRequiredValue(backend) == Nftables
                ? NftablesRenderer.Render(ruleset)
                : IptablesRenderer.Render(ruleset, version));
            return ExitCode.Success;
        });
        return verb;
    }

    private static async Task WriteAsync(IptablesFiles files, string folder, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "sets.ipset"), files.Sets, cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "rules.v4"), files.RulesV4, cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "rules.v6"), files.RulesV6, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"--directory '{folder}': {e.Message}");
        }
    }

    private static Ruleset Compile(ClusterView cluster, string nodeName, TextWriter error)
    {
        var nodes = cluster.Nodes.Keys.Concat(cluster.Pods.Values.Select(pod => pod.NodeName))
            .Concat(cluster.HostEndpoints.Values.Select(endpoint => endpoint.NodeName))
            .Where(name => name.Length > 0).ToHashSet();
        if (!nodes.Contains(nodeName))
        {
            var known = nodes.Count == 0 ? "none" : string.Join(", ", nodes.Order(StringComparer.Ordinal));
            throw new UserErrorException(
                $"--node '{nodeName}': the manifests have no such Node and no pod with that nodeName; "
                + $"there are: {known}",
                ExitCode.Usage);
        }

        var policy = new NodePolicy(nodeName);
        policy.Replace(cluster);
        foreach (var pod in cluster.Pods.Values.Where(pod => pod.NodeName == nodeName && pod.IsSelectable))
        {
            policy.SetEndpoint(new LocalEndpoint(InterfaceOf(pod.Name), pod.Name, pod.Uid, pod.Addresses));
        }

        var ruleset = policy.Compile();
        foreach (var (endpoint, _) in policy.HostEndpoints().Where(one => one.Interfaces.IsEmpty))
        {
            error.WriteLine($"warning: HostEndpoint {endpoint.Name}: not in these rules: which interface has its expectedIPs is known on "
                + "the node only, and another host endpoint may have its interface already");
        }

        return ruleset;
    }

    /// <summary>A container's id is not in a manifest, so the pod's name stands for it.</summary>
    private static string InterfaceOf(NamespacedName pod) => new AttachmentKey(pod.ToString(), "eth0").HostInterface();
}
