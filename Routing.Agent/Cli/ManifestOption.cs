using System.CommandLine;
using Routing.Agent.Manifests;
using Routing.Policy.Model;

namespace Routing.Agent.Cli;

/// <summary>`-f PATH...` and `--verbose` of the verbs that read a cluster from files.</summary>
internal sealed class ManifestOption
{
    private readonly Option<string[]> _paths = new("--file", "-f")
    {
        Description = "Files or folders with manifests, YAML or JSON.",
        HelpName = "PATH",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> _verbose = new("--verbose")
    {
        Description = "Name the objects that are not looked at.",
    };

    private ManifestOption(Command verb)
    {
        verb.Options.Add(_paths);
        verb.Options.Add(_verbose);
    }

    /// <summary>Adds the options to a verb.</summary>
    public static ManifestOption AddTo(Command verb) => new(verb);

    /// <summary>Reads the files.</summary>
    /// <returns>Null when something is wrong with them; every error is then on stderr, a line each.</returns>
    public ClusterView? Read(ParseResult result)
    {
        var manifests = ClusterManifests.Read(result.GetRequiredValue(_paths));
        var error = result.InvocationConfiguration.Error;
        if (result.GetValue(_verbose))
        {
            foreach (var one in manifests.Ignored)
            {
                error.WriteLine($"{one.File}:{one.Line}: not looked at: {one.ApiVersion} {one.Kind} {one.Name}");
            }
        }

        foreach (var problem in manifests.Errors)
        {
            error.WriteLine($"routing: {problem}");
        }

        return manifests.Errors.IsEmpty ? manifests.Cluster : null;
    }
}
