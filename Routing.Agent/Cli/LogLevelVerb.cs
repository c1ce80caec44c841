using System.CommandLine;
using Routing.Agent.Grpc.Protocol;
using Serilog.Events;

namespace Routing.Agent.Cli;

/// <summary>`routing log-level LEVEL [SUBSYSTEM]`: what a running agent logs, from now on.</summary>
internal static class LogLevelVerb
{
    public static Command Create()
    {
        var level = new Argument<LogEventLevel>("LEVEL") { Description = "Least level logged." };
        var subsystem = new Argument<string?>("SUBSYSTEM")
        {
            Description = "One part alone, as in Routing.Agent.Dataplane.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var verb = new Command("log-level", "Change what a running agent logs.") { level, subsystem };
        var socket = AgentSocket.AddTo(verb);
        verb.SetAction((result, cancellationToken) => AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
        {
            var request = new SetLogLevelRequest
            {
                Level = result.GetValue(level).ToString(),
                Subsystem = result.GetValue(subsystem) ?? "",
            };
            await new AgentApi.AgentApiClient(invoker).SetLogLevelAsync(request, cancellationToken: cancellationToken);
            return ExitCode.Success;
        }));
        return verb;
    }
}
