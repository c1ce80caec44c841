using System.CommandLine;
using Grpc.Core;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp routes [PREFIX]`: the paths a running speaker holds, written as they arrive.</summary>
internal static class BgpRoutesVerb
{
    public static Command Create()
    {
        var verb = new Command("routes", """
            Show the routes of a running agent or speaker, a line for each path, as they arrive.

            Without --received or --advertised: all paths after the import policy. Marks before the prefix: * best, = shares
            the traffic with the best, S kept from before the peer's restart, x may not be chosen; the last column says why.
            """);
        var prefix = PrefixArgument.Create(
            "Only this prefix. Of an address, the longest prefix that covers it: the route packets to it take.",
            ArgumentArity.ZeroOrOne);
        var longer = new Option<bool>("--longer") { Description = "With PREFIX: also the prefixes inside it." };
        var best = new Option<bool>("--best") { Description = "Only the best path of each prefix." };
        var rejected = new Option<bool>("--rejected")
        {
            Description = "Only paths that may not be chosen: rejected by a filter, or a loop.",
        };
        var received = new Option<string?>("--received")
        {
            Description = "What this peer sent, before the import policy.",
            HelpName = "NAME",
        };
        var advertised = new Option<string?>("--advertised")
        {
            Description = "What this peer was told, after the export policy.",
            HelpName = "NAME",
        };
        verb.Arguments.Add(prefix);
        foreach (var option in new Option[] { longer, best, rejected, received, advertised })
        {
            verb.Options.Add(option);
        }

        verb.Validators.Add(result =>
        {
            if (result.GetValue(longer) && result.GetResult(prefix) is not { Tokens.Count: 1 })
            {
                result.AddError("--longer wants a PREFIX");
            }

            if (result.GetResult(received) is not null && result.GetResult(advertised) is not null)
            {
                result.AddError("--received and --advertised are different tables; allowed is one of them");
            }
        });
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction((result, cancellationToken) => AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
        {
            var request = new ListRoutesRequest
            {
                Prefix = result.GetValue(prefix) ?? "",
                Longer = result.GetValue(longer),
                BestOnly = result.GetValue(best),
                Rejected = result.GetValue(rejected),
                ReceivedFrom = result.GetValue(received) ?? "",
                AdvertisedTo = result.GetValue(advertised) ?? "",
            };
            using var call = new BgpApi.BgpApiClient(invoker).ListRoutes(request, cancellationToken: cancellationToken);
            var routes = call.ResponseStream.ReadAllAsync(cancellationToken);
            var writer = result.InvocationConfiguration.Output;
            await (output.IsJson(result) ? WriteJsonAsync(routes, writer) : RouteTable.WriteAsync(routes, writer));
            return ExitCode.Success;
        }));
        return verb;
    }

    private static async Task WriteJsonAsync(IAsyncEnumerable<RoutePath> routes, TextWriter writer)
    {
        var separator = "[\n  ";
        await foreach (var page in routes.Chunk(RouteTable.PageSize))
        {
            await writer.WriteAsync(separator + string.Join(",\n  ", page.Select(ProtoJson.FormatLine)));
            separator = ",\n  ";
        }

        await writer.WriteLineAsync(separator[0] == '[' ? "[]" : "\n]");
    }
}
