using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>The kinds of iptables that work on this host, the one to use first: where kubelet keeps its chains, else where more
/// rules are, else what the host calls iptables.</summary>
/// <param name="Usable">Those that work.</param>
/// <param name="Problem">Why none does; empty when one does.</param>
internal sealed record IptablesVariants(IReadOnlyList<IptablesVariant> Usable, string Problem)
{
    private static readonly string[] SetTypes =
        ["hash:ip", "hash:net", "hash:ip,port", "hash:net,port", "hash:net,iface", "bitmap:port"];

    /// <summary>The flavours whose programs are installed, each kind once.</summary>
    public static IReadOnlyList<IptablesFlavour> Installed(IProgramRunner runner)
    {
        var all = new[] { IptablesFlavour.Default, IptablesFlavour.Nft, IptablesFlavour.Legacy };
        var named = all.Where(flavour => ProgramRunner.Find(new IptablesPrograms(runner, flavour).RestoreProgram) is not null).ToList();
        if (named.Remove(IptablesFlavour.Default))
        {
            // What the host calls iptables is one of the other two.
            named.Remove(IsNft(runner) ? IptablesFlavour.Nft : IptablesFlavour.Legacy);
            named.Insert(0, IptablesFlavour.Default);
        }

        return named;
    }

    /// <summary>Tries those that are installed.</summary>
    public static IptablesVariants Find(IProgramRunner runner)
    {
        var installed = Installed(runner);
        if (installed.Count == 0)
        {
            return new([], "the program 'iptables-restore' is not installed: it comes with the package 'iptables'");
        }

        try
        {
            TrySets(new IptablesPrograms(runner, installed[0]));
        }
        catch (ProgramException e)
        {
            return new([], e.Message);
        }

        var usable = new List<IptablesVariant>();
        var problems = new List<string>();
        foreach (var flavour in installed)
        {
            try
            {
                usable.Add(Try(runner, flavour, isNeeded: usable.Count == 0));
            }
            catch (ProgramException e)
            {
                problems.Add(e.Message);
            }
        }

        return new(
            [.. usable.OrderByDescending(variant => variant.IsKubelets).ThenByDescending(variant => variant.Rules)],
            usable.Count > 0 ? "" : string.Join("; ", problems));
    }

    private static IptablesVariant Try(IProgramRunner runner, IptablesFlavour flavour, bool isNeeded)
    {
        var programs = new IptablesPrograms(runner, flavour);
        if (isNeeded)
        {
            programs.Save(IpFamily.V4, "filter"); // what does not work says so here; it makes the kernel load the table
        }

        var saved = programs.SaveAll(IpFamily.V4);
        var rules = saved.Split('\n').Count(line => line.StartsWith("-A ", StringComparison.Ordinal)
            && !line.Contains($" {IptablesNames.Prefix}", StringComparison.Ordinal));
        var isKubelets = saved.Contains(":KUBE-IPTABLES-HINT ", StringComparison.Ordinal)
            || saved.Contains(":KUBE-KUBELET-CANARY ", StringComparison.Ordinal);
        return new IptablesVariant(flavour, Version(runner, flavour), rules, isKubelets);
    }

    /// <summary>Makes and removes a set of every type.</summary>
    private static void TrySets(IptablesPrograms programs)
    {
        foreach (var type in SetTypes)
        {
            var ipset = new IpsetDefinition(
                $"{IptablesNames.Prefix}probe", type, type == IpsetDefinition.PortBitmap ? null : IpFamily.V4);
            programs.RestoreSets($"{ipset.CreateLine(1)} -exist\ndestroy {ipset.Name}\n");
        }
    }

    private static bool IsNft(IProgramRunner runner)
    {
        try
        {
            return Version(runner, IptablesFlavour.Default).Contains("nf_tables", StringComparison.Ordinal);
        }
        catch (ProgramException)
        {
            return false;
        }
    }

    private static string Version(IProgramRunner runner, IptablesFlavour flavour) =>
        new IptablesPrograms(runner, flavour).Version().Replace("-restore", "", StringComparison.Ordinal).Trim();
}
