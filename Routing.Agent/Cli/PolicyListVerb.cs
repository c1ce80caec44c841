using System.CommandLine;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli;

/// <summary>`routing policy list`: the policies a running agent knows, whom they select there, what is wrong with
/// them.</summary>
internal static class PolicyListVerb
{
    public static Command Create()
    {
        var verb = new Command("list", "Show the policies of a running agent and the pods and host endpoints of its node they select.");
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var reply = await AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
                await new AgentApi.AgentApiClient(invoker)
                    .ListPoliciesAsync(new ListPoliciesRequest(), cancellationToken: cancellationToken));
            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                await writer.WriteLineAsync(ProtoJson.Format(reply));
                return ExitCode.Success;
            }

            var table = new TextTable("NAMESPACE", "POLICY", "KIND", "DIRECTIONS", "LOCAL PODS", "HOST ENDPOINTS", "PROBLEMS");
            foreach (var policy in reply.Policies)
            {
                table.Add(policy.Namespace, policy.Name, policy.Kind, string.Join(',', policy.Directions),
                    string.Join(' ', policy.LocalPods), string.Join(' ', policy.LocalHosts), string.Join("; ", policy.Problems));
            }

            table.WriteTo(writer);
            return ExitCode.Success;
        });
        return verb;
    }
}
