using System.Security.Cryptography;
using System.Text;

namespace Routing.Policy.Render.Iptables;

/// <summary>Names of our chains and sets beside other people's. They follow from the ruleset's names alone, so a
/// restarted agent finds its own.</summary>
public static class IptablesNames
{
    /// <summary>Begins every chain and set of ours, and none of anybody else's.</summary>
    public const string Prefix = "RT-";

    private const int ChainLimit = 28; // XT_EXTENSION_MAXNAMELEN with its final zero is 29
    private const int SetLimit = 31; // IPSET_MAXNAMELEN with its final zero is 32
    private const int EditMark = 2;
    private const int Digest = 8;

    /// <summary>The chain of this name in the ruleset.</summary>
    public static string Chain(string name) => Prefix + Fit(name, ChainLimit - Prefix.Length);

    /// <summary>The ipset of this name, with room for the mark of <see cref="Edit"/>.</summary>
    public static string Set(string name) => Prefix + Fit(name, SetLimit - Prefix.Length - EditMark);

    /// <summary>A set that stands beside one of ours while that is edited; no lasting set begins with a digit.</summary>
    /// <param name="ipset">The edited set.</param>
    /// <param name="slot">0 to 9: edits that were cut short may have left others behind.</param>
    /// <param name="mark">'+' for what comes, '~' for what goes.</param>
    public static string Edit(string ipset, int slot, char mark) => $"{Prefix}{slot}{mark}{ipset.AsSpan(Prefix.Length)}";

    /// <summary>Made by an agent of ours.</summary>
    public static bool IsOurs(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    private static string Fit(string name, int limit)
    {
        if (name.Length <= limit)
        {
            return name;
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        return $"{name.AsSpan(0, limit - Digest - 1)}.{digest.AsSpan(0, Digest)}";
    }
}
