using System.Collections.Concurrent;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>Numbers the chains and ipsets that were written, so that a counter which has begun anew with them is told from one that has
/// grown: the kernel has no numbers for them. Thread-safe.</summary>
internal sealed class WrittenObjects
{
    private readonly ConcurrentDictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private long _last;

    /// <summary>Names a chain, as long as its rules are not written anew.</summary>
    public string Chain(IpFamily family, string table, string chain) => Numbered($"{family} {table} {chain}");

    /// <summary>Names an ipset, as long as it is not made anew.</summary>
    public string Set(string name) => Numbered($"ipset {name}");

    /// <summary>This was restored by iptables-restore.</summary>
    public void OnRules(IpFamily family, string text)
    {
        var table = "";
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("*"))
            {
                table = line[1..].ToString();
            }
            else if (line.StartsWith(":"))
            {
                Note($"{family} {table} {line[1..line.IndexOf(' ')]}");
            }
            else if (line.StartsWith("-X "))
            {
                _numbers.TryRemove($"{family} {table} {line[3..]}", out _);
            }
        }
    }

    /// <summary>This was restored by ipset.</summary>
    public void OnSets(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("create "))
            {
                var name = line["create ".Length..];
                Note($"ipset {name[..name.IndexOf(' ')]}");
            }
            else if (line.StartsWith("destroy "))
            {
                _numbers.TryRemove($"ipset {line["destroy ".Length..]}", out _);
            }
        }
    }

    private void Note(string written) => _numbers[written] = Interlocked.Increment(ref _last);

    private string Numbered(string written) => $"{written} {_numbers.GetValueOrDefault(written)}";
}
