using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>Comments for people who read the kernel's ruleset.</summary>
internal static class Comment
{
    /// <summary>What the kernel keeps of a comment, in octets (NFT_USERDATA_MAXLEN leaves nft 128 with the final
    /// zero).</summary>
    public const int MaxOctets = 127;

    /// <summary>A text and the policies it is about, as many as there is room for, then how many more there
    /// are.</summary>
    public static string Of(string text, IReadOnlyList<PolicyKey> policies)
    {
        // Names are ASCII (RFC 1123), so characters are octets.
        Span<char> comment = stackalloc char[MaxOctets];
        text.CopyTo(comment);
        var length = text.Length;
        for (var i = 0; i < policies.Count; i++)
        {
            var rest = comment[length..];
            if (!rest.TryWrite($"{(i == 0 ? " " : ", ")}{policies[i].Name}", out var written)
                || (i + 1 < policies.Count && !rest[written..].TryWrite($" and {policies.Count - i - 1} more", out _)))
            {
                return Fit($"{comment[..length]} and {policies.Count - i} more");
            }

            length += written;
        }

        return comment[..length].ToString();
    }

    private static string Fit(string text) => text.Length <= MaxOctets ? text : text[..MaxOctets];
}
