using System.Collections.Immutable;
using System.CommandLine;
using Routing.Agent.KubeApi;
using Routing.Agent.Manifests;

namespace Routing.Agent.Cli;

/// <summary>Where a verb's cluster comes from: files (`-f PATH...`), a live cluster (`--kubeconfig`, `--context`; kubectl's
/// default when nothing is given), or both, the files over the cluster as if they had been applied.</summary>
internal sealed class ClusterOptions
{
    private readonly Option<string[]> _paths = new("--file", "-f")
    {
        Description = "Files or folders with manifests, YAML or JSON.",
        HelpName = "PATH",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _kubeconfig = new("--kubeconfig")
    {
        Description = "A live cluster, or with -f what the files are laid over (default without -f: kubectl's).",
        HelpName = "FILE",
    };

    private readonly Option<string?> _context = new("--context")
    {
        Description = "A context of the kubeconfig (default: the current one).",
        HelpName = "NAME",
    };

    private readonly Option<bool> _verbose = new("--verbose")
    {
        Description = "Name the objects that are not looked at.",
    };

    private ClusterOptions(Command verb)
    {
        verb.Options.Add(_paths);
        verb.Options.Add(_kubeconfig);
        verb.Options.Add(_context);
        verb.Options.Add(_verbose);
    }

    /// <summary>Adds the options to a verb.</summary>
    public static ClusterOptions AddTo(Command verb) => new(verb);

    /// <summary>The files named; empty for none.</summary>
    public IReadOnlyList<string> PathsOf(ParseResult result) => result.GetValue(_paths) ?? [];

    /// <summary>Reads the cluster.</summary>
    /// <returns>Null when something is wrong with the files; every error is then on stderr, a line each.</returns>
    /// <exception cref="UserErrorException">The live cluster cannot be read.</exception>
    public async Task<ClusterManifests?> ReadAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var paths = PathsOf(result);
        var live = paths.Count == 0 || IsLive(result) ? await ReadLiveAsync(result, cancellationToken) : [];
        var (files, errors) = ManifestReader.Read(paths);
        return Check(ClusterManifests.Of([.. live, .. files], errors), result);
    }

    /// <summary>True when the command line names a live cluster.</summary>
    public bool IsLive(ParseResult result) =>
        result.GetResult(_kubeconfig) is not null || result.GetResult(_context) is not null;

    /// <summary>The objects of the live cluster.</summary>
    /// <exception cref="UserErrorException">It cannot be read.</exception>
    public async Task<ImmutableArray<Manifest>> ReadLiveAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var client = KubeClientFactory.CreateForUser(result.GetValue(_kubeconfig), result.GetValue(_context));
        return await LiveManifests.ReadAsync(client, cancellationToken);
    }

    /// <summary>Prints what is wrong.</summary>
    /// <returns>Null when that makes an answer impossible.</returns>
    public ClusterManifests? Check(ClusterManifests manifests, ParseResult result)
    {
        var error = result.InvocationConfiguration.Error;
        if (result.GetValue(_verbose))
        {
            foreach (var one in manifests.Ignored)
            {
                error.WriteLine($"{one.File}:{one.Line}: not looked at: {one.ApiVersion} {one.Kind} {one.Name}");
            }
        }

        foreach (var problem in manifests.Errors.Concat(manifests.Warnings))
        {
            error.WriteLine($"routing: {problem}");
        }

        return manifests.Errors.IsEmpty ? manifests : null;
    }
}
