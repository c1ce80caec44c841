using System.CommandLine;
using System.Text.Json.Nodes;
using Routing.Agent.Lint;

namespace Routing.Agent.Cli.Policies;

/// <summary>`routing policy lint`: what is allowed but hardly meant.</summary>
internal static class PolicyLintVerb
{
    public static Command Create()
    {
        var verb = new Command("lint",
            "Look for what is allowed but hardly meant; exit code 1 when there is any. Codes:\n"
            + string.Join("\n", LintCode.Codes.Select(code => $"{code.Name}: {code.Meaning}")));
        var cluster = ClusterOptions.AddTo(verb);
        var ignore = new Option<string[]>("--ignore")
        {
            Description = "Codes that are left out.",
            HelpName = "CODE",
            AllowMultipleArgumentsPerToken = true,
        };
        ignore.AcceptOnlyFromAmong([.. LintCode.Codes.Select(code => code.Name)]);
        verb.Options.Add(ignore);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            if (await cluster.ReadAsync(result, cancellationToken) is not { } manifests)
            {
                return ExitCode.Usage;
            }

            var ignored = result.GetValue(ignore) ?? [];
            var findings = PolicyLint.Check(manifests).Where(finding => !ignored.Contains(finding.Code.Name)).ToList();
            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                await writer.WriteLineAsync(JsonText.Format(new JsonObject
                {
                    ["findings"] = new JsonArray([.. findings.Select(finding => (JsonNode)ToJson(finding))]),
                }));
            }
            else
            {
                foreach (var finding in findings)
                {
                    await writer.WriteLineAsync(finding.ToString());
                }

                var warnings = findings.Count(finding => finding.Code.Severity == LintSeverity.Warning);
                await writer.WriteLineAsync(findings.Count == 0 ? manifests.Cluster.Policies.IsEmpty ? "no policy to look at" : "nothing found"
                    : $"{warnings} warning{(warnings == 1 ? "" : "s")}, {findings.Count - warnings} of information");
            }

            return findings.Count == 0 ? ExitCode.Success : ExitCode.Failed;
        });
        return verb;
    }

    private static JsonObject ToJson(Finding finding)
    {
        var json = new JsonObject
        {
            ["code"] = finding.Code.Name,
            ["severity"] = finding.Code.Severity == LintSeverity.Warning ? "warning" : "info",
            ["kind"] = finding.Kind,
            ["object"] = finding.Name,
            ["field"] = finding.Field,
            ["message"] = finding.Message,
        };
        if (finding.Line > 0)
        {
            (json["file"], json["line"]) = (finding.File, finding.Line);
        }

        return json;
    }
}
