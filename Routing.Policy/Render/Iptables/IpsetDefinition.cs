using System.Numerics;
using Routing.Policy.Rules;

namespace Routing.Policy.Render.Iptables;

/// <summary>What an ipset is, apart from what it holds.</summary>
/// <param name="Name">At most 31 characters.</param>
/// <param name="Type">As `ipset create` takes it: "hash:ip", "bitmap:port".</param>
/// <param name="Family">Width of the addresses; null for a bitmap of ports, which serves both.</param>
public sealed record IpsetDefinition(string Name, string Type, IpFamily? Family)
{
    // A limit, not a size: the memory comes with the elements.
    private const int MaxElements = 1 << 24;

    /// <summary>Its elements count packets and octets, each for itself.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Type of ports alone.</summary>
    public const string PortBitmap = "bitmap:port";

    /// <summary>What a bitmap of ports has room for.</summary>
    public const string PortRange = "range 0-65535";

    /// <summary>The line that makes it.</summary>
    /// <param name="expected">How many elements will go in: a table of the right size need not grow.</param>
    public string CreateLine(int expected)
    {
        var counters = IsCounted ? " counters" : "";
        if (Type == PortBitmap)
        {
            return $"create {Name} {Type} {PortRange}{counters}";
        }

        var size = Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)Math.Max(expected, 1)) / 2, 64u, 1u << 20);
        return $"create {Name} {Type} family {(Family == IpFamily.V6 ? "inet6" : "inet")} hashsize {size} maxelem {MaxElements}{counters}";
    }
}
