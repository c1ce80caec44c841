using System.CommandLine;
using Grpc.Core;
using Routing.Agent.Grpc;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli;

/// <summary>`routing flows`: what the packet filter denied, or let through, and which policy and rule it was.</summary>
internal static class FlowsVerb
{
    /// <summary>Between looks for an agent that has ended.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var verb = new Command("flows", """
            Show the flows that the node's packet filter denied: a line for each flow and second, with the pods, the policy and
            the rule, or what isolates the pod. With -o json a JSON object on each line.

            The latest come first; with --follow it goes on until Ctrl-C, also when the agent starts again meanwhile. Packets
            are reported up to a limit for each set of policies: the number shown is the least there were. An agent that was
            started with --flows all shows what it lets through, too. What staged policies would have denied is marked.
            """);
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what comes." };
        var verdict = new Option<string?>("--verdict") { Description = "Only these: deny, allow or log." };
        verdict.AcceptOnlyFromAmong("deny", "allow", "log");
        var pod = new Option<string?>("--pod") { Description = "Only flows from or to this pod.", HelpName = "NS/NAME" };
        var home = new Option<string?>("--namespace", "-n")
        {
            Description = "Only flows from or to pods of this namespace.",
            HelpName = "NAME",
        };
        var policy = new Option<string?>("--policy")
        {
            Description = "Only flows that this policy decided, or would if it were not staged; without NS, those of the name in any namespace.",
            HelpName = "[NS/]NAME",
        };
        pod.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
            {
                result.AddError($"--pod '{token.Value}': allowed is namespace/name");
            }
        });
        foreach (var option in new Option[] { follow, verdict, pod, home, policy })
        {
            verb.Options.Add(option);
        }

        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction((result, cancellationToken) => RunAsync(
            socket.PathOf(result),
            new WatchFlowsRequest
            {
                Follow = result.GetValue(follow),
                Verdict = result.GetValue(verdict) ?? "",
                Pod = result.GetValue(pod) ?? "",
                Namespace = result.GetValue(home) ?? "",
                Policy = result.GetValue(policy) ?? "",
            },
            output.IsJson(result) ? ProtoJson.FormatLine : ReportedFlowLine.Format,
            result.InvocationConfiguration,
            cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(
        string socket, WatchFlowsRequest request, Func<FlowEvent, string> format, InvocationConfiguration console,
        CancellationToken cancellationToken)
    {
        var wasHeard = false; // an agent that went comes back; one that never answered is a mistake
        var isToldAbout = false;
        while (true)
        {
            try
            {
                var isRead = await AgentConnection.AskAsync(socket, async invoker =>
                {
                    using var call = new AgentApi.AgentApiClient(invoker).WatchFlows(
                        request, cancellationToken: cancellationToken);
                    if ((await call.ResponseHeadersAsync).Get(AgentGrpcService.WatchingHeader) is not null)
                    {
                        (wasHeard, isToldAbout) = (true, false);
                    }

                    await foreach (var flow in call.ResponseStream.ReadAllAsync(cancellationToken))
                    {
                        await console.Output.WriteLineAsync(format(flow));
                        await console.Output.FlushAsync(cancellationToken);
                        if (OutputReader.IsGone(console.Output))
                        {
                            return false;
                        }
                    }

                    return true;
                });
                if (!request.Follow || !isRead)
                {
                    return ExitCode.Success;
                }
            }
            catch (Exception) when (request.Follow && cancellationToken.IsCancellationRequested)
            {
                return ExitCode.Success; // Ctrl-C is how following ends
            }
            catch (Exception e) when (
                request.Follow && wasHeard && e is UserErrorException or OperationCanceledException)
            {
                if (!isToldAbout)
                {
                    await console.Error.WriteLineAsync($"{socket}: the agent has ended; waiting for it");
                    isToldAbout = true;
                }
            }

            try
            {
                await Task.Delay(Again, TimeProvider.System, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return ExitCode.Success;
            }
        }
    }
}
