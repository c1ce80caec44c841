using System.Text.RegularExpressions;
using Routing.Agent.Lab.Api.Http;

namespace Routing.Agent.Lab.Api.Writing;

/// <summary>How a client wants its write done: the query parameters of create, update and patch.</summary>
internal sealed partial record WriteOptions
{
    private const int LongestManager = 128;

    /// <summary>Do everything but store.</summary>
    public bool DryRun { get; init; }

    /// <summary>Unknown fields: Strict refuses, Warn tells, Ignore drops them silently.</summary>
    public string FieldValidation { get; init; } = "Warn";

    /// <summary>Name for managedFields.</summary>
    public string Manager { get; init; } = "unknown";

    /// <summary>Server-side apply takes fields over.</summary>
    public bool Force { get; init; }

    /// <summary>Texts for Warning headers, filled while writing.</summary>
    public List<string> Warnings { get; } = [];

    /// <exception cref="ApiException">400 for values that mean nothing.</exception>
    public static WriteOptions From(HttpRequest request)
    {
        var dryRun = request.Query["dryRun"].ToString();
        if (dryRun is not ("" or "All"))
        {
            throw ApiErrors.BadRequest($"dryRun: Unsupported value: \"{dryRun}\": supported values: \"All\"");
        }

        var validation = request.Query["fieldValidation"].ToString();
        if (validation is not ("" or "Strict" or "Warn" or "Ignore"))
        {
            throw ApiErrors.BadRequest(
                $"fieldValidation: Unsupported value: \"{validation}\": supported values: \"Ignore\", \"Strict\", \"Warn\"");
        }

        var manager = request.Query["fieldManager"].ToString();
        if (manager.Length == 0)
        {
            // As the real server: the user agent up to its version.
            manager = request.Headers.UserAgent.ToString().Split('/', 2)[0];
        }

        return new WriteOptions
        {
            DryRun = dryRun == "All",
            FieldValidation = validation.Length > 0 ? validation : ValidatesItself(request) ? "Strict" : "Warn",
            Manager = manager.Length == 0 ? "unknown" : manager[..Math.Min(manager.Length, LongestManager)],
            Force = request.Query["force"].ToString() is "true" or "1",
        };
    }

    /// <summary>A kubectl before 1.25 names no fieldValidation: it checks fields by the server's OpenAPI definitions, of which we
    /// have none. Being strict here keeps its users from the same typing errors.</summary>
    private static bool ValidatesItself(HttpRequest request) =>
        request.Method is "POST" or "PATCH" && OldKubectl().IsMatch(request.Headers.UserAgent.ToString());

    [GeneratedRegex(@"\Akubectl[\w.-]*/v1\.(1\d|2[0-4])\.")]
    private static partial Regex OldKubectl();
}
