using System.CommandLine;
using System.Net.Sockets;
using Routing.Agent.Lab;
using Routing.Agent.Lab.Plan;
using Routing.Agent.Netlink;
using Spectre.Console;

namespace Routing.Agent.Cli;

/// <summary>`routing lab`: a whole cluster on this machine.</summary>
internal static class LabVerb
{
    public static Command Create()
    {
        var folder = new Option<string?>("--filename", "-f")
        {
            Description = "Folder with the manifests to begin with; the built-in example (examples/lab) if left out.",
            HelpName = "DIR",
        };
        var nodes = new Option<int>("--nodes")
        {
            Description = $"Number of nodes, 1 to {LabPlan.MaximumNodes}.",
            DefaultValueFactory = _ => 3,
        };
        nodes.Validators.Add(result =>
        {
            // What is no number at all has been refused before.
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number)
                && number is < 1 or > LabPlan.MaximumNodes)
            {
                result.AddError($"--nodes is {number}; it may be 1 to {LabPlan.MaximumNodes}");
            }
        });
        var tor = new Option<string>("--tor")
        {
            Description = "The ToR's software: routing (our own speaker), bird, frr or gobgp.",
            DefaultValueFactory = _ => "routing",
        };
        tor.AcceptOnlyFromAmong([.. Enum.GetNames<TorKind>().Select(name => name.ToLowerInvariant())]);
        var once = new Option<bool>("--once") { Description = "Exit after the report: 0 only if everything is as it should be." };
        var backend = BackendOption.Create();
        var verb = new Command("lab", "Run a whole cluster on this machine: nodes, a ToR, pods, policies, probes, a report.")
        {
            folder, nodes, tor, backend, once, CreateDown(),
        };
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var options = new LabOptions
            {
                ManifestFolder = result.GetValue(folder),
                Nodes = result.GetValue(nodes),
                Tor = Enum.Parse<TorKind>(result.GetValue(tor)!, ignoreCase: true),
                Backend = BackendOption.Read(result, backend),
                Once = result.GetValue(once),
                Json = output.IsJson(result),
            };
            var configuration = result.InvocationConfiguration;

            // With --json stdout is the document's alone; how far the lab is goes to stderr.
            var writer = options.Json ? configuration.Error : configuration.Output;
            var runner = new LabRunner(options, LabPaths.Default, configuration.Output, CreateConsole(writer), TimeProvider.System);
            return await RunAsync(async () => await runner.RunAsync(cancellationToken) ? ExitCode.Success : ExitCode.Failed);
        });
        return verb;
    }

    private static Command CreateDown()
    {
        var verb = new Command("down", "End the lab of this machine, or remove what one that crashed left behind.");
        var output = OutputOptions.AddTo(verb);
        verb.SetAction((result, cancellationToken) => RunAsync(async () =>
        {
            var removed = await LabFolder.CleanAsync(LabPaths.Default, TimeProvider.System, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync(output.IsJson(result)
                ? System.Text.Json.JsonSerializer.Serialize(new { removed })
                : removed ? "The lab is gone." : "There is no lab.");
            return ExitCode.Success;
        }));
        return verb;
    }

    private static async Task<int> RunAsync(Func<Task<int>> work)
    {
        // System.CommandLine minds Ctrl-C from the moment a verb first gives its thread back: that has to be before anything
        // is built.
        await Task.Yield();
        try
        {
            return await work();
        }
        catch (LabException error)
        {
            throw new UserErrorException(error.Message);
        }
        catch (Exception error) when (error is NetlinkException or IOException or SocketException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"the lab cannot run here: {error.Message}");
        }
    }

    private static IAnsiConsole CreateConsole(TextWriter writer)
    {
        var isTerminal = writer == Console.Out ? !Console.IsOutputRedirected : writer == Console.Error && !Console.IsErrorRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = PipeWidth; // nobody's screen: a matrix must not be folded
        }

        return console;
    }

    private const int PipeWidth = 160;
}
