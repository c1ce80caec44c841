using k8s;

namespace Routing.Agent.KubeApi;

/// <summary>KubernetesClient with a connection that notices soon when nobody is at its other end any more, as after a cable was
/// pulled or an API server's address went to another machine. All watches share that one connection (HTTP/2): left to TCP it would
/// hold them for a quarter of an hour, with whatever is asked again.</summary>
internal sealed class ApiConnection : DelegatingHandler
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>As client-go asks a silent connection whether it is alive, and as long as it waits for the answer.</summary>
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30), PingTimeout = TimeSpan.FromSeconds(15);

    private ApiConnection()
    {
    }

    /// <summary>Nothing is sent yet.</summary>
    /// <param name="configuration">Where, and as whom.</param>
    public static Kubernetes Open(KubernetesClientConfiguration configuration) => Open(configuration, PingDelay, PingTimeout);

    /// <inheritdoc cref="Open(KubernetesClientConfiguration)"/>
    /// <param name="configuration">Where, and as whom.</param>
    /// <param name="pingDelay">How long the connection may be silent before it is asked.</param>
    /// <param name="pingTimeout">How long it may take to answer.</param>
    internal static Kubernetes Open(KubernetesClientConfiguration configuration, TimeSpan pingDelay, TimeSpan pingTimeout)
    {
        var end = new ApiConnection();
        var client = new Kubernetes(configuration, end);
        var sockets = (SocketsHttpHandler)end.InnerHandler!; // the client's own, which it gives to the last of those before it
        sockets.ConnectTimeout = ConnectTimeout;
        (sockets.KeepAlivePingDelay, sockets.KeepAlivePingTimeout) = (pingDelay, pingTimeout);
        return client;
    }
}
