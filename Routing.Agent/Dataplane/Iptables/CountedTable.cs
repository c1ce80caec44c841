using System.Globalization;
using Routing.Agent.Dataplane.Live;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>One table as `iptables-save -c` prints it.</summary>
/// <param name="Chains">Rules by chain, in order, each in words, with what it has counted.</param>
internal sealed record CountedTable(IReadOnlyDictionary<string, IReadOnlyList<CountedRule>> Chains)
{
    /// <summary>Reads it.</summary>
    public static CountedTable Parse(string saved)
    {
        var chains = new Dictionary<string, List<CountedRule>>(StringComparer.Ordinal);
        foreach (var line in saved.Split('\n'))
        {
            if (line.StartsWith(':'))
            {
                chains[line[1..line.IndexOf(' ', StringComparison.Ordinal)]] = [];
            }
            else if (line.StartsWith('[') && line.IndexOf("] -A ", StringComparison.Ordinal) is > 0 and var end)
            {
                var numbers = line[1..end].Split(':');
                var words = RuleText.Split(line[(end + "] -A ".Length)..]);
                if (chains.TryGetValue(words[0], out var rules))
                {
                    rules.Add(new CountedRule(words[1..], new KernelCount(Number(numbers[0]), Number(numbers[^1]))));
                }
            }
        }

        return new CountedTable(chains.ToDictionary(chain => chain.Key, chain => (IReadOnlyList<CountedRule>)chain.Value));
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

/// <summary>A rule with what it has counted.</summary>
/// <param name="Words">Its words, from the first option on.</param>
/// <param name="Count">Packets and octets.</param>
internal sealed record CountedRule(IReadOnlyList<string> Words, KernelCount Count)
{
    /// <summary>What `-j` or `-g` names; empty for a rule that only counts.</summary>
    public string Target => Words.Select((word, place) => (word, place)).Where(one => one.word is "-j" or "-g")
        .Select(one => Words.ElementAtOrDefault(one.place + 1) ?? "").LastOrDefault("");

    /// <summary>True for `-g`: there is no coming back.</summary>
    public bool IsGoto => Words.Contains("-g");
}
