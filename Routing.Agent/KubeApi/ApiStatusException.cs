namespace Routing.Agent.KubeApi;

/// <summary>The API server answered with an error, as an HTTP status or as an ERROR event in a watch.</summary>
public sealed class ApiStatusException : Exception
{
    /// <param name="code">HTTP status code, also inside an ERROR event.</param>
    /// <param name="reason">The Status object's reason, as in "Expired"; empty where there was none.</param>
    /// <param name="message">The server's text.</param>
    public ApiStatusException(int code, string reason, string message)
        : base($"{message} ({(reason.Length == 0 ? "no reason" : reason)}, {code})") => (Code, Reason) = (code, reason);

    /// <summary>HTTP status code.</summary>
    public int Code { get; }

    /// <summary>The Status object's reason.</summary>
    public string Reason { get; }

    /// <summary>There is nothing at that path: the kind, or the object, or the path itself.</summary>
    public bool IsNotFound => Code == 404;

    /// <summary>The resource version we asked for cannot be continued from: only a fresh list helps. 410 is the usual case. A
    /// server restored from a backup, or begun anew, can also be behind our version, which it calls too large (a 504
    /// whose message says so).</summary>
    public bool NeedsRelist =>
        Code == 410 || Reason is "Expired" or "Gone"
        || (Code == 504 && Message.Contains("Too large resource version", StringComparison.Ordinal));
}
