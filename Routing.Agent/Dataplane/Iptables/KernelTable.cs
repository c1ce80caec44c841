using Routing.Policy.Render.Iptables;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>What one table holds of ours, read from iptables-save or remembered.</summary>
/// <param name="Chains">Normalised rules of our chains.</param>
/// <param name="Jumps">Rules of the kernel's own chains that lead to ours: place from 0 and text as it was
/// printed.</param>
internal sealed record KernelTable(
    IReadOnlyDictionary<string, IReadOnlyList<string>> Chains,
    IReadOnlyDictionary<string, IReadOnlyList<(int Place, string Rule)>> Jumps)
{
    /// <summary>Nothing of ours.</summary>
    public bool IsEmpty => Chains.Count == 0 && Jumps.Count == 0;

    /// <summary>What a table holds after it was changed to hold what is wanted.</summary>
    public static KernelTable Of(IptablesTable table) => new(
        table.Chains.ToDictionary(
            chain => chain.Key, chain => (IReadOnlyList<string>)[.. chain.Value.Select(RuleText.Normalize)]),
        table.Jumps.ToDictionary(
            jump => jump.Key, jump => (IReadOnlyList<(int, string)>)[.. jump.Value.Select((rule, place) => (place, rule))]));

    /// <summary>Reads what iptables-save printed of one table.</summary>
    public static KernelTable Parse(string saved)
    {
        var chains = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var jumps = new Dictionary<string, List<(int, string)>>(StringComparer.Ordinal);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in saved.Split('\n'))
        {
            if (line.StartsWith(':'))
            {
                var name = line[1..line.IndexOf(' ', StringComparison.Ordinal)];
                if (IptablesNames.IsOurs(name))
                {
                    chains.Add(name, []);
                }
            }
            else if (line.StartsWith("-A ", StringComparison.Ordinal))
            {
                var end = line.IndexOf(' ', 3);
                var (name, rule) = end < 0 ? (line[3..], "") : (line[3..end], line[(end + 1)..]);
                if (chains.TryGetValue(name, out var rules))
                {
                    rules.Add(RuleText.Normalize(rule));
                    continue;
                }

                var place = places.GetValueOrDefault(name);
                places[name] = place + 1;
                if (RuleText.TargetOf(rule) is { } target && IptablesNames.IsOurs(target))
                {
                    if (!jumps.TryGetValue(name, out var ours))
                    {
                        jumps.Add(name, ours = []);
                    }

                    ours.Add((place, rule));
                }
            }
        }

        return new KernelTable(
            chains.ToDictionary(chain => chain.Key, chain => (IReadOnlyList<string>)chain.Value),
            jumps.ToDictionary(jump => jump.Key, jump => (IReadOnlyList<(int, string)>)jump.Value));
    }
}
