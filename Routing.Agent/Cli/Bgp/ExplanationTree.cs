using Routing.Agent.Grpc.Protocol;
using Spectre.Console;

namespace Routing.Agent.Cli.Bgp;

/// <summary>An explanation as a tree.</summary>
internal static class ExplanationTree
{
    public static void Write(ExplainReply reply, TextWriter output)
    {
        var tree = new Tree(new Text(reply.Prefix)) { Guide = TreeGuide.Line };
        var paths = tree.AddNode(new Text(reply.DecidedBy.Length > 0
            ? $"decided by {reply.DecidedBy}" : "no path may be chosen"));
        foreach (var path in reply.Paths)
        {
            AddPath(paths, path);
        }

        if (reply.Advertisements.Count > 0)
        {
            var peers = tree.AddNode(new Text("told to peers"));
            foreach (var advertisement in reply.Advertisements)
            {
                AddAdvertisement(peers, advertisement);
            }
        }

        Terminal.ConsoleFor(output).Write(tree);
    }

    private static void AddPath(TreeNode paths, ExplainedPath explained)
    {
        var path = explained.Path;
        var (verdict, color) = path switch
        {
            { Best: true } => ("best", Color.Green),
            { Candidate: false } => ($"may not be chosen: {path.Reason}", Color.Red),
            _ => ($"lost to {explained.LostTo} by {path.Reason}"
                + (explained.Comparison.Length > 0 ? $": {explained.Comparison}" : ""), Color.Default),
        };
        var node = paths.AddNode(new Text(
            $"{RouteText.From(path)} via {RouteText.NextHop(path)}: {verdict}", new Style(color)));
        node.AddNode(new Text(RouteText.Attributes(path)));
        AddPolicy(node, path.Policy);
    }

    private static void AddPolicy(TreeNode node, IEnumerable<PolicyStep> steps)
    {
        foreach (var step in steps)
        {
            node.AddNode(new Text(string.Join(", ", step.Changes.Prepend($"{step.Action} by {step.Rule}"))));
        }
    }

    private static void AddAdvertisement(TreeNode peers, ExplainedAdvertisement advertisement)
    {
        var node = peers.AddNode(new Text(
            $"{advertisement.Peer}: {advertisement.Reason}",
            new Style(advertisement.Advertised ? Color.Green : Color.Default)));
        foreach (var path in advertisement.Paths)
        {
            var name = path.PathId == 0 ? path.From : $"{path.From} path {path.PathId}";
            var of = node.AddNode(new Text(
                $"{name}: {path.Reason}" + (path.Sent is null ? "" : $" as path {path.Sent.PathId}"),
                new Style(path.Advertised ? Color.Green : Color.Default)));
            AddSent(of, path.Sent, path.Policy);
        }

        if (advertisement.Paths.Count == 0)
        {
            AddSent(node, advertisement.Sent, advertisement.Policy);
        }
    }

    private static void AddSent(TreeNode node, RoutePath? sent, IEnumerable<PolicyStep> policy)
    {
        if (sent is not null)
        {
            node.AddNode(new Text($"next hop {sent.NextHop}, {RouteText.Attributes(sent)}"));
        }

        AddPolicy(node, policy);
    }
}
