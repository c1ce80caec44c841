using System.CommandLine;
using Routing.Agent.BgpConfig;
using Routing.Agent.Manifests;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp check`: is a file one that `routing bgp serve` would take? Nothing is started.</summary>
internal static class BgpCheckVerb
{
    public static Command Create()
    {
        var config = new Option<string[]>("--config")
        {
            Description = "Files as `routing bgp serve` takes them; each is checked on its own.",
            HelpName = "FILE",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var strict = new Option<bool>("--strict") { Description = "Warnings count as errors." };
        var verb = new Command("check",
            "Check a speaker's configuration without running it: every error at once, with file, line, field and what is "
            + "allowed, and warnings of what is allowed but hardly meant.")
        {
            config,
            strict,
        };
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, _) =>
        {
            var checks = result.GetRequiredValue(config).Select(path => (Path: path, File: SpeakerFile.Read(path))).ToList();
            var console = result.InvocationConfiguration;
            if (output.IsJson(result))
            {
                await console.Output.WriteLineAsync(CheckJson.Format(checks));
            }
            else
            {
                foreach (var (path, file) in checks)
                {
                    await WriteAsync(path, file, console.Output, console.Error);
                }
            }

            return checks.TrueForAll(check => IsFine(check.File, result.GetValue(strict))) ? ExitCode.Success
                : checks.Exists(check => check.File.IsUnreadable) ? ExitCode.Usage
                : ExitCode.Failed;
        });
        return verb;
    }

    private static bool IsFine(SpeakerFile file, bool strict) => file.Errors.IsEmpty && (!strict || file.Warnings.IsEmpty);

    private static async Task WriteAsync(string path, SpeakerFile file, TextWriter output, TextWriter error)
    {
        foreach (var problem in file.Errors)
        {
            await error.WriteLineAsync($"routing: {problem}");
        }

        foreach (var warning in file.Warnings)
        {
            await error.WriteLineAsync($"routing: {Warning(warning)}");
        }

        var verdict = file.Config is { } config
            ? $"valid: AS {config.Asn}, {Count(config.Peers.Length, "neighbour")}"
            : $"not valid: {Count(file.Errors.Length, "error")}";
        await output.WriteLineAsync(
            $"{path}: {verdict}{(file.Warnings.IsEmpty ? "" : $", {Count(file.Warnings.Length, "warning")}")}");
    }

    private static ManifestError Warning(ManifestError warning) => warning with { Message = $"warning: {warning.Message}" };

    private static string Count(int count, string thing) => $"{count} {thing}{(count == 1 ? "" : "s")}";
}
