using System.Text;
using Routing.Policy.Render.Iptables;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>The difference between a table and what it shall hold, as the text that makes it so in one step.</summary>
internal sealed class TableChange
{
    private TableChange(string text, int chainsAdded, int chainsRemoved, int rulesWritten, IReadOnlyList<string> differences) =>
        (Text, ChainsAdded, ChainsRemoved, RulesWritten, Differences) = (text, chainsAdded, chainsRemoved, rulesWritten, differences);

    /// <summary>For iptables-restore --noflush; empty when there is nothing to change.</summary>
    public string Text { get; }

    public int ChainsAdded { get; }

    public int ChainsRemoved { get; }

    /// <summary>Rules of our chains, and jumps there.</summary>
    public int RulesWritten { get; }

    /// <summary>What is otherwise, in words.</summary>
    public IReadOnlyList<string> Differences { get; }

    public static TableChange Between(string name, KernelTable? actual, IptablesTable? wanted)
    {
        actual ??= KernelTable.Of(IptablesTable.Empty);
        wanted ??= IptablesTable.Empty;
        var rewritten = wanted.Chains.Where(chain => !actual.Chains.TryGetValue(chain.Key, out var rules)
            || !rules.SequenceEqual(chain.Value.Select(RuleText.Normalize))).ToList();
        var gone = actual.Chains.Keys.Where(chain => !wanted.Chains.ContainsKey(chain)).Order(StringComparer.Ordinal).ToList();
        var text = new StringBuilder();
        foreach (var (chain, _) in rewritten)
        {
            text.Append($":{chain} - [0:0]\n"); // empties one that exists
        }

        foreach (var (chain, rules) in rewritten)
        {
            foreach (var rule in rules)
            {
                text.Append($"-A {chain} {rule}\n");
            }
        }

        var jumps = 0;
        var differences = rewritten.Select(chain => $"chain {chain.Key} {(actual.Chains.ContainsKey(chain.Key) ? "has other rules" : "is gone")}")
            .Concat(gone.Select(chain => $"chain {chain} is not ours")).ToList();
        foreach (var hook in actual.Jumps.Keys.Union(wanted.Jumps.Keys).Order(StringComparer.Ordinal))
        {
            var written = WriteJumps(text, hook, actual.Jumps.GetValueOrDefault(hook) ?? [], wanted.Jumps.GetValueOrDefault(hook, []));
            jumps += written;
            if (written > 0)
            {
                differences.Add($"{hook} does not begin with our jumps");
            }
        }

        gone.ForEach(chain => text.Append($"-F {chain}\n"));
        gone.ForEach(chain => text.Append($"-X {chain}\n"));
        return new TableChange(
            text.Length == 0 ? "" : $"*{name}\n{text}COMMIT\n",
            rewritten.Count(chain => !actual.Chains.ContainsKey(chain.Key)),
            gone.Count,
            rewritten.Sum(chain => chain.Value.Length) + jumps,
            differences);
    }

    /// <summary>Ours first, and nowhere else. By text and not by place: others may have changed the chain since.</summary>
    private static int WriteJumps(
        StringBuilder text, string hook, IReadOnlyList<(int Place, string Rule)> actual, IReadOnlyList<string> wanted)
    {
        if (actual.Select(jump => RuleText.Normalize(jump.Rule)).SequenceEqual(wanted.Select(RuleText.Normalize))
            && actual.Index().All(jump => jump.Item.Place == jump.Index))
        {
            return 0;
        }

        foreach (var (_, rule) in actual)
        {
            text.Append($"-D {hook} {rule}\n");
        }

        for (var i = 0; i < wanted.Count; i++)
        {
            text.Append($"-I {hook} {i + 1} {wanted[i]}\n");
        }

        return Math.Max(wanted.Count, actual.Count);
    }
}
