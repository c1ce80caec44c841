using Routing.Cni.Protocol;

namespace Routing.Agent.Cni;

/// <summary>A call fails with this error object (CNI 1.1.0 §5).</summary>
internal sealed class CniFailureException(CniErrorCode code, string message, string details = "") : Exception(message)
{
    /// <summary>The reply that says so.</summary>
    public CniReply ToReply() => Reply(code, Message, details);

    public static CniReply Reply(CniErrorCode code, string message, string details = "") =>
        new() { Failure = new Failure { Code = code, Message = message, Details = details } };
}
