using System.Collections.Immutable;
using System.CommandLine;
using Routing.Agent.KubeApi;
using Routing.Agent.Manifests;
using Routing.Policy.Model;

namespace Routing.Agent.Cli;

/// <summary>Where a verb's cluster comes from: files (`-f PATH...`), a live cluster (`--kubeconfig`, `--context`; kubectl's
/// default when nothing is given), or both, the files over the cluster as if they had been applied.</summary>
internal sealed class ClusterOptions
{
    private readonly Option<string[]> _paths = new("--file", "-f")
    {
        Description = "Files or folders with manifests, YAML or JSON; - for standard input.",
        HelpName = "PATH",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> _recursive = new("--recursive", "-R")
    {
        Description = "Look into the folders in a folder, too.",
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
        verb.Options.Add(_recursive);
        verb.Options.Add(_kubeconfig);
        verb.Options.Add(_context);
        verb.Options.Add(_verbose);
        verb.Validators.Add(result =>
        {
            if (result.Children.SelectMany(child => child.Tokens).Count(token => token.Value == ManifestReader.StandardInput) > 1)
            {
                result.AddError("standard input (-) is named more than once, and can be read only once");
            }
        });
    }

    /// <summary>Adds the options to a verb.</summary>
    public static ClusterOptions AddTo(Command verb) => new(verb);

    /// <summary>True when files are named.</summary>
    public bool HasPaths(ParseResult result) => PathsOf(result).Length > 0;

    /// <summary>Reads the cluster.</summary>
    /// <returns>Null when something is wrong with the files; every error is then on stderr, a line each.</returns>
    /// <exception cref="UserErrorException">The live cluster cannot be read.</exception>
    public async Task<ClusterManifests?> ReadAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var live = !HasPaths(result) || IsLive(result) ? await ReadLiveAsync(result, cancellationToken) : [];
        var (files, errors) = ReadFiles(result);
        return Check(ClusterManifests.Of([.. live, .. files], errors), result);
    }

    /// <summary>The objects of the files named. Files without any are a mistake: whoever pipes manifests through a verb as a check has
    /// to learn that nothing came.</summary>
    public (ImmutableArray<Manifest> Manifests, ImmutableArray<ManifestError> Errors) ReadFiles(ParseResult result)
    {
        var paths = PathsOf(result);
        var (manifests, errors) = ManifestReader.Read(paths, result.GetValue(_recursive));
        return (manifests, errors.IsEmpty && manifests.IsEmpty && paths.Length > 0
            ? [new ManifestError(string.Join(", ", paths.Select(NameOf)), 0, "there is no object in it")] : errors);
    }

    /// <summary>The objects of other files.</summary>
    public ClusterManifests ReadOthers(IEnumerable<string> paths, ParseResult result)
    {
        var (manifests, errors) = ManifestReader.Read(paths, result.GetValue(_recursive));
        return ClusterManifests.Of(manifests, errors);
    }

    private string[] PathsOf(ParseResult result) => result.GetValue(_paths) ?? [];

    private static string NameOf(string path) => path == ManifestReader.StandardInput ? ManifestReader.StandardInputName : path;

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

    /// <summary>Without anybody that policies could be about every answer would be "nothing", however wrong.</summary>
    /// <exception cref="UserErrorException">It is so.</exception>
    public static void RefuseEmpty(ClusterView cluster)
    {
        if (cluster.HostEndpoints.IsEmpty && !cluster.Pods.Values.Any(pod => pod.IsSelectable))
        {
            throw new UserErrorException(
                "no pods: of policies alone nobody can tell which flows there are; name manifests with pods or workloads too, "
                + "or a cluster with --kubeconfig",
                ExitCode.Usage);
        }
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
