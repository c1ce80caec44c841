using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>What the kernel holds of ours.</summary>
/// <param name="Tables">Tables with something of ours.</param>
/// <param name="Sets">Sets that hold what this agent has put there.</param>
/// <param name="Others">Ipsets that were read, or that could not be removed yet.</param>
internal sealed record KernelState(
    IReadOnlyDictionary<(IpFamily Family, string Table), KernelTable> Tables,
    IReadOnlyDictionary<string, SetState> Sets,
    IReadOnlyDictionary<string, KernelSet> Others)
{
    private static readonly string[] TableNames = ["raw", "mangle", "filter"];

    /// <summary>Names of all ipsets.</summary>
    public IEnumerable<string> IpsetNames =>
        Sets.Values.SelectMany(set => set.Ipsets.Select(ipset => ipset.Ipset.Name)).Concat(Others.Keys);

    /// <summary>Reads it: tables as they are, sets not yet told apart.</summary>
    /// <param name="programs">Which programs, and where they run.</param>
    /// <param name="families">IP versions of the host.</param>
    /// <param name="desired">What shall be there.</param>
    public static KernelState Read(IptablesPrograms programs, IReadOnlyList<IpFamily> families, Ruleset desired)
    {
        var needed = desired.IsEmpty() ? [] : new HashSet<string>(TableNames.Where(table => table != "mangle"));
        return new KernelState(
            ReadTables(programs, families, needed), new Dictionary<string, SetState>(), KernelSet.Parse(programs.SaveSets()));
    }

    /// <summary>Reads the tables that have something of ours.</summary>
    /// <param name="programs">Which programs, and where they run.</param>
    /// <param name="families">IP versions of the host.</param>
    /// <param name="needed">Tables that must be there; the kernel may lack the others.</param>
    public static Dictionary<(IpFamily, string), KernelTable> ReadTables(
        IptablesPrograms programs, IReadOnlyList<IpFamily> families, HashSet<string> needed)
    {
        var tables = new Dictionary<(IpFamily, string), KernelTable>();
        foreach (var family in families)
        {
            foreach (var name in TableNames)
            {
                var table = needed.Contains(name) ? programs.Save(family, name) : TrySave(programs, family, name);
                if (KernelTable.Parse(table) is { IsEmpty: false } found)
                {
                    tables.Add((family, name), found);
                }
            }
        }

        return tables;
    }

    private static string TrySave(IptablesPrograms programs, IpFamily family, string table)
    {
        try
        {
            return programs.Save(family, table);
        }
        catch (ProgramException)
        {
            return "";
        }
    }
}
