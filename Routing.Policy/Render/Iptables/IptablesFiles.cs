using System.Collections.Immutable;
using System.Text;
using Routing.Policy.Rules;

namespace Routing.Policy.Render.Iptables;

/// <summary>A ruleset as the files that `ipset restore` and then `iptables-restore --noflush` and
/// `ip6tables-restore --noflush` take: what the agent puts in a kernel that has nothing of ours.</summary>
/// <param name="Sets">For `ipset restore`.</param>
/// <param name="RulesV4">For `iptables-restore --noflush`.</param>
/// <param name="RulesV6">For `ip6tables-restore --noflush`.</param>
public sealed record IptablesFiles(string Sets, string RulesV4, string RulesV6)
{
    /// <summary>Renders a ruleset.</summary>
    public static IptablesFiles Of(Ruleset ruleset)
    {
        var sets = new StringBuilder();
        var parts = new Dictionary<string, IReadOnlyList<IpsetPart>>(StringComparer.Ordinal);
        foreach (var set in LastIcmpType.SetsWith(ruleset))
        {
            var layout = IpsetLayout.Of(set);
            var entries = ElementText.Sorted(set).SelectMany(layout.Entries).ToLookup(entry => entry.Part, entry => entry.Entry);
            parts[set.Name] = [.. layout.LastingParts.Union(entries.Select(part => part.Key))];
            foreach (var part in parts[set.Name])
            {
                if (layout.Define(part) is { } ipset)
                {
                    WriteSet(sets, ipset, [.. entries[part].Select(entry => entry!.Value)]);
                }
            }
        }

        return new IptablesFiles(sets.ToString(), Rules(IpFamily.V4), Rules(IpFamily.V6));

        string Rules(IpFamily family)
        {
            var text = new StringBuilder();
            var tables = new IptablesTranslator(ruleset, family, set => parts[set.Name]).Translate();
            foreach (var (name, table) in tables.Reverse()) // raw sees packets before filter does
            {
                WriteTable(text, name, table);
            }

            return text.ToString();
        }
    }

    /// <summary>Makes a set with its elements.</summary>
    public static void WriteSet(StringBuilder text, IpsetDefinition ipset, IReadOnlyCollection<IpsetEntry> entries)
    {
        text.Append(ipset.CreateLine(entries.Count)).Append('\n');
        WriteElements(text, "add", ipset, entries);
    }

    /// <summary>Adds or deletes elements.</summary>
    /// <param name="text">Grows by a line for each.</param>
    /// <param name="command">"add" or "del".</param>
    /// <param name="ipset">The set.</param>
    /// <param name="entries">The elements.</param>
    public static void WriteElements(StringBuilder text, string command, IpsetDefinition ipset, IEnumerable<IpsetEntry> entries)
    {
        foreach (var entry in entries)
        {
            text.Append(command).Append(' ').Append(ipset.Name).Append(' ');
            entry.Write(text, ipset);
            text.Append('\n');
        }
    }

    private static void WriteTable(StringBuilder text, string name, IptablesTable table)
    {
        text.Append($"*{name}\n");
        foreach (var chain in table.Chains.Keys)
        {
            text.Append($":{chain} - [0:0]\n");
        }

        WriteRules(text, table.Chains);
        foreach (var (chain, rules) in table.Jumps)
        {
            for (var i = 0; i < rules.Length; i++)
            {
                text.Append($"-I {chain} {i + 1} {rules[i]}\n");
            }
        }

        text.Append("COMMIT\n");
    }

    private static void WriteRules(StringBuilder text, ImmutableSortedDictionary<string, ImmutableArray<string>> chains)
    {
        foreach (var (chain, rules) in chains)
        {
            foreach (var rule in rules)
            {
                text.Append($"-A {chain} {rule}\n");
            }
        }
    }
}
