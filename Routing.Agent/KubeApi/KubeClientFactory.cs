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
            return new Kubernetes(configuration);
        }
        catch (KubeConfigException e) when (kubeconfig is null)
        {
            throw new UserErrorException(
                $"not in a pod with a service account ({OneLine(e.Message)}): name a kubeconfig with --kubeconfig FILE");
        }
        catch (Exception e) when (e is KubeConfigException or YamlException or IOException or UnauthorizedAccessException
            or FormatException or UriFormatException)
        {
            throw new UserErrorException($"kubeconfig {kubeconfig}: {OneLine(e.Message)}", ExitCode.Usage);
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
