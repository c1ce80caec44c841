using System.CommandLine;
using Routing.Agent.Grpc.Protocol;
using Routing.Policy.Reference;
using Routing.Policy.Translate;

namespace Routing.Agent.Cli.Policies;

/// <summary>`routing policy explain --live`: asks a node's agent what the rules in its kernel make of a flow.</summary>
internal sealed class LiveExplain
{
    private readonly Option<bool> _live = new("--live")
    {
        Description = "Read the rules and counters in the kernel of this node instead, and compare: exit code 1 when they do not do what "
            + "the policies say.",
    };

    private readonly AgentSocket _socket;
    private readonly ClusterOptions _cluster;

    private LiveExplain(Command verb, ClusterOptions cluster)
    {
        verb.Options.Add(_live);
        _socket = AgentSocket.AddTo(verb);
        _cluster = cluster;
    }

    /// <summary>Adds the options to a verb.</summary>
    public static LiveExplain AddTo(Command verb, ClusterOptions cluster) => new(verb, cluster);

    /// <summary>True when the kernel is asked for.</summary>
    /// <exception cref="UserErrorException">Options are there that do not go together.</exception>
    public bool IsAsked(ParseResult result) => (result.GetValue(_live), _cluster.HasPaths(result) || _cluster.IsLive(result)) switch
    {
        (true, true) => throw new UserErrorException(
            "--live asks the agent, which knows its cluster; -f, --kubeconfig and --context are not allowed with it", ExitCode.Usage),
        (false, _) when _socket.IsGiven(result) => throw new UserErrorException(
            "--socket and --node say what agent to ask; they are allowed with --live", ExitCode.Usage),
        (var live, _) => live,
    };

    /// <summary>Asks and prints.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="flow">Its flow.</param>
    /// <param name="isJson">Print JSON.</param>
    /// <param name="expected">True when it has to pass, false when it has to be dropped, null for either.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(
        ParseResult result, FlowOptions flow, bool isJson, bool? expected, CancellationToken cancellationToken)
    {
        var (from, to, protocol, port) = flow.ReadNames(result);
        foreach (var (option, text) in new[] { ("--from", from), ("--to", to) })
        {
            if (!FlowEnd.TryParse(text, out _))
            {
                throw new UserErrorException($"{option} '{text}' is not allowed with --live; NAMESPACE/POD or an IP address", ExitCode.Usage);
            }
        }

        var request = new ExplainFlowRequest { From = from, To = to, Protocol = protocol.KubernetesName(), Port = port };
        var reply = await AgentConnection.AskAsync(_socket.PathOf(result), async invoker =>
            await new AgentApi.AgentApiClient(invoker).ExplainFlowAsync(request, cancellationToken: cancellationToken));
        var writer = result.InvocationConfiguration.Output;
        if (isJson)
        {
            await writer.WriteLineAsync(ProtoJson.Format(reply));
        }
        else
        {
            LiveFlowTree.Write(reply, writer);
        }

        var verdict = expected == true ? "Passes" : "Drops";
        return reply.Agrees && (expected is null || reply.Families.All(family => family.Verdict == verdict))
            ? ExitCode.Success
            : ExitCode.Failed;
    }
}
