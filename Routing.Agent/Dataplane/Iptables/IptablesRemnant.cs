using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>What is left with one flavour of iptables when another back end is in use. Looks without making the kernel load
/// tables that it does not have.</summary>
/// <param name="programs">The flavour.</param>
/// <param name="time">The clock.</param>
/// <param name="ownsSets">False when the back end in use is the other flavour: ipsets belong to neither, and are the other's
/// now.</param>
internal sealed class IptablesRemnant(IptablesPrograms programs, TimeProvider time, bool ownsSets) : IFormerBackend
{
    private static readonly IpFamily[] Families = [IpFamily.V4, IpFamily.V6];

    public string Name => programs.Flavour == IptablesFlavour.Default ? "iptables" : $"iptables ({programs.Flavour})";

    public bool IsInForce()
    {
        try
        {
            return Families.Any(family => KernelTable.Parse(programs.SaveAll(family)).Jumps.Count > 0);
        }
        catch (ProgramException)
        {
            return false; // programs that do not work here have not written anything either
        }
    }

    public bool Remove()
    {
        var families = Families.Where(HasChains).ToList();
        if (!ownsSets)
        {
            families.ForEach(RemoveChains);
            return families.Count > 0;
        }

        if (families.Count == 0 && !HasSets())
        {
            return false;
        }

        using var applier = new IptablesApplier(programs, time);
        return !applier.Apply(Ruleset.Empty).IsEmpty;
    }

    private void RemoveChains(IpFamily family)
    {
        var tables = programs.SaveAll(family).Split('\n').Where(line => line.StartsWith('*')).Select(line => line[1..]);
        var text = string.Concat(tables.Select(table =>
            TableChange.Between(table, KernelTable.Parse(programs.Save(family, table)), null).Text));
        programs.Restore(family, text);
    }

    private bool HasChains(IpFamily family)
    {
        try
        {
            return programs.SaveAll(family).Contains($"\n:{IptablesNames.Prefix}", StringComparison.Ordinal);
        }
        catch (ProgramException)
        {
            return false; // as above
        }
    }

    private bool HasSets() => ProgramRunner.Find("ipset") is not null
        && KernelSet.ParseNames(programs.ListSets()).Any(IptablesNames.IsOurs);
}
