using Routing.Cni.Protocol;

namespace Routing.Cni;

/// <summary>The call fails with this error object (CNI 1.1.0 §5).</summary>
internal sealed class CniException(CniErrorCode code, string message, string details = "") : Exception(message)
{
    public CniErrorCode Code { get; } = code;

    public string Details { get; } = details;
}
