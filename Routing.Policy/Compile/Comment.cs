using System.Text;
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
        var comment = new StringBuilder(text);
        for (var i = 0; i < policies.Count; i++)
        {
            var next = $"{(i == 0 ? " " : ", ")}{policies[i].Name}";
            var more = i + 1 < policies.Count ? $" and {policies.Count - i - 1} more" : "";
            if (comment.Length + next.Length + more.Length > MaxOctets)
            {
                // Names are ASCII (RFC 1123), so characters are octets.
                return Fit($"{comment} and {policies.Count - i} more");
            }

            comment.Append(next);
        }

        return comment.ToString();
    }

    private static string Fit(string text) => text.Length <= MaxOctets ? text : text[..MaxOctets];
}
