using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Routing.Agent.Manifests;

/// <summary>Finds the line of a field by its path.</summary>
internal static class YamlLines
{
    /// <summary>The line where a field stands, or where the innermost thing around it does when the field is
    /// missing.</summary>
    /// <param name="root">The object.</param>
    /// <param name="path">As in "spec.ingress[0].ports[1].endPort"; keys may hold dots themselves, as labels
    /// do.</param>
    public static int Find(YamlNode root, string path)
    {
        var node = root;
        var line = root.Start.Line;
        var rest = path.AsSpan();
        while (rest.Length > 0 && Step(node, ref rest) is { } step)
        {
            (node, line) = step;
        }

        return (int)line;
    }

    private static (YamlNode Node, long Line)? Step(YamlNode node, ref ReadOnlySpan<char> rest)
    {
        if (node is YamlSequenceNode sequence && rest[0] == '[' && rest.IndexOf(']') is var end and > 0
            && int.TryParse(rest[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < sequence.Children.Count)
        {
            rest = rest[(end + 1)..];
            return (sequence.Children[index], sequence.Children[index].Start.Line);
        }

        rest = rest.TrimStart('.');
        if (node is YamlMappingNode mapping)
        {
            foreach (var (key, value) in mapping.Children)
            {
                if (key is YamlScalarNode { Value: { Length: > 0 } name }
                    && rest.StartsWith(name, StringComparison.Ordinal)
                    && (rest.Length == name.Length || rest[name.Length] is '.' or '['))
                {
                    rest = rest[name.Length..];
                    return (value, key.Start.Line);
                }
            }
        }

        return null;
    }
}
