using System.Globalization;
using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>An ipset of ours as the kernel holds it.</summary>
/// <param name="Definition">What it is.</param>
/// <param name="Entries">What it holds.</param>
/// <param name="IsStrange">It also holds, or is, what no agent writes: it has to be made anew.</param>
internal sealed record KernelSet(IpsetDefinition Definition, HashSet<IpsetEntry> Entries, bool IsStrange)
{
    private const string NameHead = "Name: ";

    /// <summary>Reads our sets out of what `ipset save` printed.</summary>
    public static Dictionary<string, KernelSet> Parse(string saved)
    {
        var sets = new Dictionary<string, KernelSet>(StringComparer.Ordinal);
        foreach (var line in saved.Split('\n'))
        {
            var words = line.Split(' ', 4);
            if (words.Length < 3 || !IptablesNames.IsOurs(words[1]))
            {
                continue;
            }

            if (words[0] == "create")
            {
                sets[words[1]] = Create(words[1], words[2], words.Length > 3 ? words[3] : "");
            }
            else if (words[0] == "add" && sets.TryGetValue(words[1], out var set) && !set.IsStrange)
            {
                if ((words.Length == 3 || IsCount(words[3], set.Definition)) && IpsetEntry.TryParse(words[2], set.Definition, out var entry))
                {
                    set.Entries.Add(entry);
                }
                else
                {
                    sets[words[1]] = set with { IsStrange = true };
                }
            }
        }

        return sets;
    }

    /// <summary>Reads how many elements our sets have out of what `ipset list -terse` printed; null for a version of ipset
    /// that does not say.</summary>
    public static Dictionary<string, int>? ParseCounts(string listed)
    {
        const string Count = "Number of entries: ";
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var name = "";
        var isCounted = true;
        foreach (var line in listed.Split('\n'))
        {
            if (line.StartsWith(NameHead, StringComparison.Ordinal))
            {
                if (!isCounted)
                {
                    return null;
                }

                (name, isCounted) = (line[NameHead.Length..], false);
            }
            else if (line.StartsWith(Count, StringComparison.Ordinal))
            {
                isCounted = true;
                if (IptablesNames.IsOurs(name))
                {
                    counts[name] = int.Parse(line.AsSpan(Count.Length), NumberStyles.None, CultureInfo.InvariantCulture);
                }
            }
        }

        return isCounted ? counts : null;
    }

    /// <summary>Reads the names of all sets out of what `ipset list -terse` printed.</summary>
    public static HashSet<string> ParseNames(string listed) =>
        [.. listed.Split('\n').Where(line => line.StartsWith(NameHead, StringComparison.Ordinal)).Select(line => line[NameHead.Length..])];

    private static bool IsCount(string text, IpsetDefinition set) => set.IsCounted && text.StartsWith("packets ", StringComparison.Ordinal);

    private static KernelSet Create(string name, string type, string options)
    {
        var words = options.Split(' ');
        var family = words.IndexOf("family") is var at and >= 0 && at + 1 < words.Length ? words[at + 1] : null;
        var definition = new IpsetDefinition(name, type, family switch
        {
            "inet" => IpFamily.V4,
            "inet6" => IpFamily.V6,
            _ => null,
        })
        {
            IsCounted = words.Contains("counters"),
        };
        var isPorts = type == IpsetDefinition.PortBitmap;
        var isStrange = isPorts ? options != IpsetDefinition.PortRange + (definition.IsCounted ? " counters" : "") : definition.Family is null
            || words.Contains("timeout") || words.Contains("comment") || words.Contains("skbinfo");
        return new KernelSet(definition, [], isStrange);
    }
}
