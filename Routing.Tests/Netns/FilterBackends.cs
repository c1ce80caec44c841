using System.Text.RegularExpressions;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Nftables;

namespace Routing.Tests.Netns;

/// <summary>What the tests of all back ends need of each.</summary>
internal static partial class FilterBackends
{
    /// <summary>An applier for a namespace, as an agent that has just started opens it.</summary>
    public static IRulesetApplier Open(this FilterBackend backend, TestNamespace node) => backend == FilterBackend.Nftables
        ? NftApplier.Open(node.Inner)
        : new IptablesApplier(backend.Programs(new ProgramRunner(node.Inner)), TimeProvider.System, node.Inner);

    /// <summary>The programs of a back end of iptables.</summary>
    public static IptablesPrograms Programs(this FilterBackend backend, IProgramRunner runner)
    {
        Requires.Tool("ipset");
        var flavour = backend == FilterBackend.IptablesNft ? IptablesFlavour.Nft : IptablesFlavour.Legacy;
        Requires.Tool(flavour == IptablesFlavour.Nft ? "iptables-nft-restore" : "iptables-legacy-restore");
        return new IptablesPrograms(runner, flavour);
    }

    private static bool IsOfOurTable(string line) => line.Contains($"\":\"{NftApplier.Table}\"", StringComparison.Ordinal);

    /// <summary>What the back end has left, for another that takes over.</summary>
    public static IFormerBackend Remnant(
        this FilterBackend backend, TestNamespace node, IProgramRunner runner, bool ownsSets) =>
        backend == FilterBackend.Nftables
            ? new NftablesRemnant(new NftProbe(node.Inner))
            : new IptablesRemnant(backend.Programs(runner), TimeProvider.System, ownsSets);

    /// <summary>All that stands in a namespace's packet filter, in a form that compares.</summary>
    public static string Listing(this FilterBackend backend, TestNamespace node)
    {
        if (backend == FilterBackend.Nftables)
        {
            return string.Join('\n', NftListing.Of(node).Split('\n').Where(IsOfOurTable));
        }

        var kind = backend == FilterBackend.IptablesNft ? "nft" : "legacy";
        var rules = new[] { "iptables", "ip6tables" }.Select(program => node.Run($"{program}-{kind}-save"));
        var lines = string.Concat(rules).Split('\n').Where(line => line.StartsWith('-') || line.StartsWith(":RT", StringComparison.Ordinal));

        // Rules in order, sets and their elements in none, and not what they have counted.
        var sets = node.Run("ipset", "save").Split('\n')
            .Select(line => HashSize().Replace(line.Split(" packets ")[0], "")).Order(StringComparer.Ordinal);
        return string.Join('\n', lines.Concat(sets));
    }

    [GeneratedRegex(" hashsize .*(?= counters$)| hashsize .*$")]
    private static partial Regex HashSize();
}
