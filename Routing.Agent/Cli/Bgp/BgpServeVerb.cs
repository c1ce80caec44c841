using System.CommandLine;
using Routing.Agent.BgpConfig;
using Routing.Agent.Options;
using Routing.Agent.Roles;
using Serilog.Events;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp serve`: a speaker of its own.</summary>
internal static class BgpServeVerb
{
    public static Command Create()
    {
        var config = new Option<string>("--config")
        {
            Description = "YAML with a BGPConfiguration, BGPPeers, BGPPeerGroups and BGPFilters. SIGHUP reads it again.",
            HelpName = "FILE",
            Required = true,
        };
        var socket = new Option<string?>("--socket")
        {
            Description = "Unix socket for `routing bgp peers` and `routing bgp routes` (default: none).",
            HelpName = "PATH",
        };
        var logLevel = new Option<string>("--log-level")
        {
            Description = $"Least level logged: {string.Join(", ", Enum.GetNames<LogEventLevel>())}.",
            HelpName = "LEVEL",
            DefaultValueFactory = _ => nameof(LogEventLevel.Information),
        };
        logLevel.AcceptOnlyFromAmong(Enum.GetNames<LogEventLevel>());
        var verb = new Command("serve", "Run a stand-alone BGP speaker.") { config, socket, logLevel };
        verb.SetAction(async (result, cancellationToken) =>
        {
            var options = new BgpServeOptions
            {
                ConfigFile = result.GetRequiredValue(config),
                SocketPath = result.GetValue(socket),
                LogLevel = result.GetRequiredValue(logLevel),
            };
            var file = SpeakerFile.Read(options.ConfigFile);
            foreach (var problem in file.Errors)
            {
                await result.InvocationConfiguration.Error.WriteLineAsync($"routing: {problem}");
            }

            return file.Config is null ? ExitCode.Failed : await BgpServeRole.RunAsync(options, file, cancellationToken);
        });
        return verb;
    }
}
