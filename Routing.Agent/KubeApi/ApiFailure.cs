using System.Security.Authentication;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Exceptions;

namespace Routing.Agent.KubeApi;

/// <summary>What may go wrong between us and the API server, and is worth another try.</summary>
internal static class ApiFailure
{
    /// <summary>Failures of the network, the server or the credentials; everything else is ours and must be seen.</summary>
    /// <param name="e">What happened.</param>
    /// <param name="cancellationToken">Of whoever asked: what that ended is no failure.</param>
    public static bool IsTheWorlds(Exception e, CancellationToken cancellationToken) => e switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested, // idle, or HttpClient's own time-out
        ApiStatusException or HttpRequestException or IOException or TimeoutException => true,
        JsonException => true, // cut short, or some proxy's page
        AuthenticationException or KubeConfigException or KubernetesException or HttpOperationException => true,
        _ => false,
    };

    /// <summary>For people. What HttpClient calls cancelled when nobody cancelled it went with its connection.</summary>
    public static string Describe(Exception e) => e is OperationCanceledException ? "the connection to the API server was lost" : e.Message;
}
