using System.CommandLine;
using Routing.Agent.Options;

namespace Routing.Agent.Cli;

/// <summary>`--socket PATH` and `--node NAME`, which say what running agent a verb asks.</summary>
internal sealed class AgentSocket
{
    private const string LabDirectory = "/run/routing/lab";

    private readonly Option<string?> _socket = new("--socket")
    {
        Description = $"Socket of the agent or speaker (default {DefaultPath}).",
        HelpName = "PATH",
    };

    private readonly Option<string?> _node = new("--node")
    {
        Description = "The agent of this node of the lab.",
        HelpName = "NAME",
    };

    private AgentSocket(Command verb)
    {
        verb.Options.Add(_socket);
        verb.Options.Add(_node);
        verb.Validators.Add(result =>
        {
            if (result.GetResult(_socket) is not null && result.GetResult(_node) is not null)
            {
                result.AddError("--socket and --node both say what agent to ask; allowed is one of them");
            }
        });
    }

    private static string DefaultPath => Path.Combine(AgentOptions.DefaultStateDirectory, "agent.sock");

    /// <summary>Adds the two options to a verb.</summary>
    public static AgentSocket AddTo(Command verb) => new(verb);

    /// <summary>The socket meant by the command line.</summary>
    public string PathOf(ParseResult result) => result.GetValue(_node) is { } node
        ? Path.Combine(LabDirectory, node, "agent.sock") : result.GetValue(_socket) ?? DefaultPath;

    /// <summary>Sockets of all agents of the lab on this machine, in order of their nodes' names.</summary>
    public static IReadOnlyList<string> OfLab() => !Directory.Exists(LabDirectory) ? []
        : [.. Directory.GetDirectories(LabDirectory).Order(StringComparer.Ordinal)
            .Select(node => Path.Combine(node, "agent.sock")).Where(File.Exists)];

    /// <summary>True when the command line names an agent.</summary>
    public bool IsGiven(ParseResult result) =>
        result.GetResult(_socket) is not null || result.GetResult(_node) is not null;
}
