using System.CommandLine;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli;

/// <summary>`routing pods`: the pods attached on one node.</summary>
internal static class PodsVerb
{
    public static Command Create()
    {
        var verb = new Command("pods", "Show the pods attached by a running agent.");
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var reply = await AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
                await new AgentApi.AgentApiClient(invoker)
                    .ListPodsAsync(new ListPodsRequest(), cancellationToken: cancellationToken));
            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                await writer.WriteLineAsync(ProtoJson.Format(reply));
                return ExitCode.Success;
            }

            var table = new TextTable("NAMESPACE", "POD", "ADDRESSES", "INTERFACE", "RULES", "CONTAINER");
            foreach (var pod in reply.Pods)
            {
                table.Add(pod.Namespace, pod.Name, string.Join(' ', pod.Addresses), pod.HostInterface,
                    pod.Committed ? "yes" : "no", pod.ContainerId);
            }

            table.WriteTo(writer);
            return ExitCode.Success;
        });
        return verb;
    }
}
