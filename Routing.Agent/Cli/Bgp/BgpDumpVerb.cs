using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Grpc.Core;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp dump mrt --file FILE`: the tables as an MRT file.</summary>
internal static class BgpDumpVerb
{
    public static Command Create() => new("dump", "Write the tables of a running speaker to a file.") { CreateMrt() };

    private static Command CreateMrt()
    {
        var file = new Option<string>("--file")
        {
            Description = "Where to; written beside it and renamed when whole.",
            HelpName = "FILE",
            Required = true,
        };
        var best = new Option<bool>("--best")
        {
            Description = "Best paths only; otherwise every path that every peer sent, as route collectors publish.",
        };
        var verb = new Command("mrt", """
            Write the tables as an MRT TABLE_DUMP_V2 file (RFC 6396 §4.3), which bgpdump and others read. The speaker goes on
            meanwhile, so the file is no one moment's picture.
            """)
        {
            file, best,
        };
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var (path, octets) = (result.GetRequiredValue(file), 0L);
            var request = new DumpTableRequest
            {
                Table = result.GetValue(best) ? DumpTableRequest.Types.Table.Best : DumpTableRequest.Types.Table.Received,
            };
            await AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
            {
                using var call = new BgpApi.BgpApiClient(invoker)
                    .DumpTable(request, cancellationToken: cancellationToken);
                octets = await WriteAsync(call.ResponseStream, path, cancellationToken);
                return true;
            });
            await result.InvocationConfiguration.Output.WriteLineAsync(output.IsJson(result)
                ? $"{{\"file\": {JsonSerializer.Serialize(path)}, \"octets\": {octets.ToString(CultureInfo.InvariantCulture)}}}"
                : $"{path}: {octets} octets");
            return ExitCode.Success;
        });
        return verb;
    }

    private static async Task<long> WriteAsync(
        IAsyncStreamReader<DumpPiece> pieces, string path, CancellationToken cancellationToken)
    {
        var partial = path + ".part";
        try
        {
            await using var file = new FileStream(partial, FileMode.Create, FileAccess.Write);
            await foreach (var piece in pieces.ReadAllAsync(cancellationToken))
            {
                await file.WriteAsync(piece.Octets.Memory, cancellationToken);
            }

            await file.FlushAsync(cancellationToken);
            File.Move(partial, path, overwrite: true);
            return file.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot write {path}: {e.Message}");
        }
        finally
        {
            if (File.Exists(partial))
            {
                File.Delete(partial);
            }
        }
    }
}
