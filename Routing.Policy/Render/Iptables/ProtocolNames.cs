using System.Globalization;

namespace Routing.Policy.Render.Iptables;

/// <summary>Protocols as the tools write them.</summary>
public static class ProtocolNames
{
    // The tools print what /etc/protocols calls a number.
    private static readonly Lazy<Dictionary<string, byte>> Numbers = new(() => Read("/etc/protocols"));

    /// <summary>A name that every one of the tools knows, else the number.</summary>
    public static string Of(byte number) => number switch
    {
        1 => "icmp",
        6 => "tcp",
        17 => "udp",
        58 => "ipv6-icmp",
        132 => "sctp",
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Reads a name or a number.</summary>
    public static bool TryParse(string text, out byte number) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        || Numbers.Value.TryGetValue(text, out number);

    private static Dictionary<string, byte> Read(string path)
    {
        var numbers = new Dictionary<string, byte>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            var words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && byte.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                numbers.TryAdd(words[0], number);
            }
        }

        // What the tools have names for of their own.
        (string Name, byte Number)[] known =
        [
            ("icmp", 1), ("tcp", 6), ("udp", 17), ("ipv6-icmp", 58), ("icmpv6", 58), ("sctp", 132), ("udplite", 136),
        ];
        foreach (var (name, number) in known)
        {
            numbers.TryAdd(name, number);
        }

        return numbers;
    }
}
