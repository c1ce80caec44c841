using System.Text;
using Routing.Policy.Render.Iptables;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>Brings rules as we write them and as iptables-save prints them to one form, in which the same rules are the same
/// text: the tools quote where they please and call protocols what /etc/protocols calls them.</summary>
internal static class RuleText
{
    private const char Separator = '\x1f';

    /// <summary>The rule's words.</summary>
    public static string Normalize(string rule)
    {
        var words = Split(rule);
        for (var i = 1; i < words.Count; i++)
        {
            if (words[i - 1] == "-p" && ProtocolNames.TryParse(words[i], out var number))
            {
                words[i] = $"{number}";
            }
        }

        return string.Join(Separator, words);
    }

    /// <summary>The chain that a rule jumps or goes to; null for none.</summary>
    public static string? TargetOf(string rule)
    {
        var words = Split(rule);
        var option = words.FindLastIndex(word => word is "-j" or "-g");
        return option >= 0 && option + 1 < words.Count ? words[option + 1] : null;
    }

    /// <summary>A rule in words, quotes taken off.</summary>
    public static List<string> Split(string rule)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quoted, begun) = (false, false);
        for (var i = 0; i < rule.Length; i++)
        {
            var character = rule[i];
            switch (character)
            {
                case '\\' when quoted && i + 1 < rule.Length:
                    word.Append(rule[++i]);
                    break;
                case '"':
                    (quoted, begun) = (!quoted, true);
                    break;
                case ' ' when !quoted:
                    if (begun)
                    {
                        words.Add(word.ToString());
                        word.Clear();
                    }

                    begun = false;
                    break;
                default:
                    word.Append(character);
                    begun = true;
                    break;
            }
        }

        if (begun)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
