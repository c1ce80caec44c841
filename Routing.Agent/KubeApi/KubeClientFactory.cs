using k8s;
using k8s.Exceptions;
using Routing.Agent.Cli;
using YamlDotNet.Core;

namespace Routing.Agent.KubeApi;

/// <summary>Finds out where the API server is and who we are there. Nothing is sent yet: the API server may come
/// later.</summary>
internal static class KubeClientFactory
{
    /// <param name="kubeconfig">A kubeconfig file, or null for the service account of the pod we run in.</param>
    /// <exception cref="UserErrorException">The file or the service account cannot be used.</exception>
    public static Kubernetes Create(string? kubeconfig)
    {
        try
        {
            var configuration = kubeconfig is null
                ? KubernetesClientConfiguration.InClusterConfig()
                : KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);
            return ApiConnection.Open(configuration);
        }
        catch (KubeConfigException e) when (kubeconfig is null)
        {
            throw new UserErrorException(
                $"name a kubeconfig with --kubeconfig FILE: this is no pod with a service account ({OneLine(e.Message)})");
        }
        catch (Exception e) when (e is KubeConfigException or YamlException or IOException or UnauthorizedAccessException
            or FormatException or UriFormatException)
        {
            throw new UserErrorException($"kubeconfig {kubeconfig}: {OneLine(e.Message)}", ExitCode.Usage);
        }
    }

    /// <summary>For a person at a terminal: as kubectl finds its cluster.</summary>
    /// <param name="kubeconfig">A kubeconfig file; null for the files of KUBECONFIG, else ~/.kube/config.</param>
    /// <param name="context">One of its contexts; null for the current one.</param>
    /// <exception cref="UserErrorException">There is no such file or context, or it cannot be used.</exception>
    public static Kubernetes CreateForUser(string? kubeconfig, string? context)
    {
        string[] paths = kubeconfig is not null ? [kubeconfig]
            : Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } several
                ? several.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                : [KubernetesClientConfiguration.KubeConfigDefaultLocation];
        FileInfo[] files = [.. paths.Select(path => new FileInfo(path)).Where(file => file.Exists)];
        if (files.Length == 0)
        {
            throw new UserErrorException(kubeconfig is not null
                ? $"--kubeconfig '{kubeconfig}': no such file"
                : $"no cluster to look at: give manifests with -f PATH, or a kubeconfig with --kubeconfig FILE ({string.Join(", ", paths)} not found)",
                ExitCode.Usage);
        }

        try
        {
            // kubectl merges its files; a context in practice stands in one, beside its cluster and user.
            var configs = files.Select(file => KubernetesClientConfiguration.LoadKubeConfig(file)).ToList();
            var wanted = context ?? configs.Select(config => config.CurrentContext).FirstOrDefault(name => !string.IsNullOrEmpty(name));
            var config = configs.Find(config => config.Contexts?.Any(one => one.Name == wanted) == true) ?? configs[0];
            return ApiConnection.Open(KubernetesClientConfiguration.BuildConfigFromConfigObject(config, wanted));
        }
        catch (Exception e) when (e is KubeConfigException or YamlException or IOException or UnauthorizedAccessException
            or FormatException or UriFormatException)
        {
            throw new UserErrorException($"kubeconfig {string.Join(", ", paths)}: {OneLine(e.Message)}", ExitCode.Usage);
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
