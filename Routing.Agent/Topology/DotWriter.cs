using System.Text;

namespace Routing.Agent.Topology;

/// <summary>The graph in Graphviz's language.</summary>
internal static class DotWriter
{
    public static string Write(TopologyGraph graph)
    {
        var text = new StringBuilder("graph topology {\n  rankdir=TB;\n  node [fontname=\"sans-serif\"];\n");
        foreach (var site in graph.Sites)
        {
            text.Append("  ").Append(Quote(site.Name)).Append(" [shape=").Append(site.IsRouter ? "box" : "ellipse");
            if (!site.IsRouter && site.Asn > 0)
            {
                text.Append(", label=").Append(Quote($"{site.Name}\nAS {site.Asn}"));
            }

            text.Append("];\n");
        }

        foreach (var session in graph.Sessions)
        {
            text.Append("  ").Append(Quote(session.Router)).Append(" -- ").Append(Quote(session.Node))
                .Append(" [label=").Append(Quote($"{session.Address}\n{session.State}"))
                .Append(", color=").Append(SessionColors.Of(session.State)).Append("];\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string Quote(string text) => '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + '"';
}
