using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>The programs of one flavour of iptables, and ipset.</summary>
/// <param name="runner">Runs them.</param>
/// <param name="flavour">Which of the programs.</param>
internal sealed class IptablesPrograms(IProgramRunner runner, IptablesFlavour flavour)
{
    // Others hold the lock for milliseconds; who holds it for longer than this is stuck.
    private const string LockWaitSeconds = "10";

    private const string NoTable = "Table does not exist"; // as ip_tables' programs say it; with nf_tables there is always one

    private const string IptablesPackage = "iptables", IpsetPackage = "ipset";

    /// <summary>Which of the programs.</summary>
    public IptablesFlavour Flavour => flavour;

    /// <summary>The program that changes IPv4's tables.</summary>
    public string RestoreProgram => Name(IpFamily.V4, "restore");

    /// <summary>What a table holds, as iptables-save prints it.</summary>
    public string Save(IpFamily family, string table) =>
        runner.Run(Name(family, "save"), IptablesPackage, null, "-t", table);

    /// <summary>Likewise, each rule with what it has counted; nothing of a table that the kernel does not have.</summary>
    public string SaveCounted(IpFamily family, string table)
    {
        try
        {
            return runner.Run(Name(family, "save"), IptablesPackage, null, "-c", "-t", table);
        }
        catch (ProgramException e) when (e.Message.Contains(NoTable, StringComparison.Ordinal))
        {
            return "";
        }
    }

    /// <summary>What all tables hold that the kernel has loaded.</summary>
    public string SaveAll(IpFamily family) => runner.Run(Name(family, "save"), IptablesPackage, null);

    /// <summary>What the program says it is.</summary>
    public string Version() => runner.Run(RestoreProgram, IptablesPackage, null, "--version");

    /// <summary>Changes tables, each in one step.</summary>
    public void Restore(IpFamily family, string text) =>
        runner.Run(Name(family, "restore"), IptablesPackage, text, "--noflush", "-w", LockWaitSeconds);

    /// <summary>Sets with their elements.</summary>
    /// <param name="name">One set; null for all.</param>
    public string SaveSets(string? name = null) =>
        runner.Run("ipset", IpsetPackage, null, name is null ? ["save"] : ["save", name]);

    /// <summary>Sets with the number of their elements.</summary>
    public string ListSets() => runner.Run("ipset", IpsetPackage, null, "list", "-terse");

    /// <summary>Changes sets, line after line, up to the first that is refused.</summary>
    public void RestoreSets(string text) => runner.Run("ipset", IpsetPackage, text, "restore");

    private string Name(IpFamily family, string verb)
    {
        var stem = family == IpFamily.V4 ? "iptables" : "ip6tables";
        return flavour switch
        {
            IptablesFlavour.Nft => $"{stem}-nft-{verb}",
            IptablesFlavour.Legacy => $"{stem}-legacy-{verb}",
            _ => $"{stem}-{verb}",
        };
    }
}
