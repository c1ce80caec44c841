using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using Routing.Agent.Grpc.Protocol;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp routes [PREFIX]`: the paths a running speaker holds, written as they arrive.</summary>
internal static class BgpRoutesVerb
{
    /// <summary>Routes laid out together: columns fit within a page, and a million routes need no memory.</summary>
    private const int PageSize = 1000;

    public static Command Create()
    {
        var verb = new Command("routes", "Show the BGP routes of a running agent or speaker.");
        var prefix = new Argument<string?>("PREFIX")
        {
            Description = "Only this prefix and what lies inside it.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        prefix.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Prefix.TryParse(token.Value, out _))
            {
                result.AddError($"'{token.Value}' is not a prefix; allowed is one like 10.1.0.0/26 or 2001:db8::/64, "
                    + "without host bits");
            }
        });
        var best = new Option<bool>("--best") { Description = "Only the best path of each prefix." };
        verb.Arguments.Add(prefix);
        verb.Options.Add(best);
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction((result, cancellationToken) => AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
        {
            var request = new ListRoutesRequest
            {
                Prefix = result.GetValue(prefix) ?? "",
                BestOnly = result.GetValue(best),
            };
            using var call = new BgpApi.BgpApiClient(invoker).ListRoutes(request, cancellationToken: cancellationToken);
            var routes = call.ResponseStream.ReadAllAsync(cancellationToken);
            var writer = result.InvocationConfiguration.Output;
            await (output.IsJson(result) ? WriteJsonAsync(routes, writer) : WriteTableAsync(routes, writer));
            return ExitCode.Success;
        }));
        return verb;
    }

    private static async Task WriteJsonAsync(IAsyncEnumerable<RoutePath> routes, TextWriter writer)
    {
        var separator = "[\n  ";
        await foreach (var route in routes)
        {
            await writer.WriteAsync(separator + ProtoJson.FormatLine(route));
            separator = ",\n  ";
        }

        await writer.WriteLineAsync(separator[0] == '[' ? "[]" : "\n]");
    }

    private static async Task WriteTableAsync(IAsyncEnumerable<RoutePath> routes, TextWriter writer)
    {
        var any = false;
        await foreach (var page in routes.Chunk(PageSize))
        {
            any = true;
            var table = new TextTable("", "PREFIX", "NEXT HOP", "PEER", "LOCPREF", "MED",
                "AS PATH", "ORIGIN", "REASON");
            foreach (var route in page)
            {
                var marks = (route.Best ? "*" : " ") + (route.Stale ? "S" : "");
                table.Add(marks, route.Prefix, route.Local ? "-" : route.NextHop, route.Local ? "local" : route.Peer,
                    route.HasLocalPref ? Text(route.LocalPref) : "",
                    route.HasMultiExitDisc ? Text(route.MultiExitDisc) : "",
                    route.AsPath, route.Origin, route.Reason);
            }

            table.WriteTo(writer);
        }

        if (!any)
        {
            await writer.WriteLineAsync("no routes");
        }
    }

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
