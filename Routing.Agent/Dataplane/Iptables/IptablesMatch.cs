using System.Globalization;
using System.Net;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Render.Iptables;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>One rule's conditions, asked of a packet that begins a connection, word by word as iptables-save prints them.</summary>
/// <param name="packet">The packet.</param>
/// <param name="mark">What it is marked with by now.</param>
/// <param name="isTracked">Connection tracking looks at it.</param>
/// <param name="isInSet">Whether an ipset has it, asked with these directions; null when that cannot be told.</param>
internal sealed class IptablesMatch(Packet packet, uint mark, bool isTracked, Func<string, string, bool?> isInSet)
{
    /// <summary>What cannot be told of the rule; null for nothing.</summary>
    public string? Unknown { get; private set; }

    /// <summary>Whether the rule matches; what cannot be told counts as if it did.</summary>
    public bool Matches(IReadOnlyList<string> words)
    {
        var isNot = false;
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word == "!")
            {
                isNot = true;
                continue;
            }

            if (word is "-j" or "-g")
            {
                return true; // what follows is the target's
            }

            var value = words.ElementAtOrDefault(i + 1) ?? "";
            bool? holds = word switch
            {
                "-m" or "--comment" or "--limit-burst" => true,
                "-i" => packet.InputInterface is { } input && IsInterface(input, value),
                "-o" => packet.OutputInterface is { } output && IsInterface(output, value),
                "-p" => ProtocolNames.TryParse(value, out var protocol) ? (byte)packet.Protocol == protocol : null,
                "-s" => IsIn(packet.Source, value),
                "-d" => IsIn(packet.Destination, value),
                "--dport" or "--dports" => IsPort(packet.Port, value),
                "--sport" or "--sports" => IsPort(packet.SourcePort, value),
                "--ctstate" => value.Split(',').Contains(!isTracked ? "UNTRACKED" : packet.Established ? "ESTABLISHED" : "NEW"),
                "--tcp-flags" => packet.Protocol == TransportProtocol.Tcp ? HasFlags(value, words.ElementAtOrDefault(i + 2) ?? "") : false,
                "--match-set" => isInSet(value, words.ElementAtOrDefault(i + 2) ?? ""),
                "--mark" when TryReadMark(value, out var bits, out var mask) => (mark & mask) == bits,
                "--src-type" when value == "LOCAL" => packet.InputInterface is null,
                "--limit" => words.Contains("NFLOG") ? true : null,
                _ => null,
            };
            if (holds is null)
            {
                Unknown ??= $"its condition '{word} {value}'";
            }
            else if (holds == isNot)
            {
                return false;
            }

            isNot = false;
            i += word is "--match-set" or "--tcp-flags" ? 2 : 1;
        }

        return true;
    }

    /// <summary>Reads "0x1/0x1": bits and their mask.</summary>
    public static bool TryReadMark(string text, out uint bits, out uint mask)
    {
        var parts = text.Split('/');
        mask = uint.MaxValue;
        return TryReadNumber(parts[0], out bits) && (parts.Length == 1 || TryReadNumber(parts[1], out mask));
    }

    private static bool TryReadNumber(string text, out uint number) => text.StartsWith("0x", StringComparison.Ordinal)
        ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool IsInterface(string name, string pattern) => pattern.EndsWith('+')
        ? name.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : name == pattern;

    private static bool? IsIn(Address address, string block)
    {
        var width = block.Contains(':', StringComparison.Ordinal) ? 128 : 32;
        return IPNetwork.TryParse(block.Contains('/', StringComparison.Ordinal) ? block : $"{block}/{width}", out var net)
            ? net.Contains(address.ToIPAddress())
            : null;
    }

    /// <summary>Whether of some flags a packet that begins a connection has just these: it has SYN alone.</summary>
    private static bool HasFlags(string asked, string set) =>
        asked.Split(',').Where(flag => flag == "SYN").SequenceEqual(set.Split(',').Where(flag => flag != "NONE"));

    private bool? IsPort(ushort port, string list)
    {
        if (!packet.Protocol.HasPorts())
        {
            return false;
        }

        foreach (var range in list.Split(','))
        {
            var ends = range.Split(':');
            if (!ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var low)
                || !ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var high))
            {
                return null;
            }

            if (low <= port && port <= high)
            {
                return true;
            }
        }

        return false;
    }
}
