using Routing.Agent.Attachments;
using Routing.Cni.Protocol;
using Routing.Policy.Model;

namespace Routing.Agent.Cni;

/// <summary>Request -> domain types. The socket is root's, but its words end in interface names, settings' paths and
/// API look-ups, so each is held to its grammar here, whoever sent it.</summary>
internal static class RequestReader
{
    private const int MaxIfName = 15; // IFNAMSIZ - 1
    private const int MaxContainerId = 200; // it has to fit an interface's alias
    private const int MaxPodNamespace = 63; // RFC 1123 label
    private const int MaxPodName = 253; // RFC 1123 subdomain
    private const int MaxPodUid = 128;
    private const int MinMtu = 1280; // IPv6 needs it (RFC 8200 §5)
    private const int MaxMtu = 65535;

    /// <summary>Reads what an ADD asks for.</summary>
    /// <exception cref="CniFailureException">A value is not allowed.</exception>
    public static AttachmentRequest ReadAttachment(CniRequest request)
    {
        if (request.Mtu is not 0 and (< MinMtu or > MaxMtu))
        {
            throw new CniFailureException(CniErrorCode.InvalidNetworkConfig,
                $"mtu is {request.Mtu}; it may be {MinMtu} to {MaxMtu}, or left out");
        }

        return new AttachmentRequest(
            ReadKey(request), ReadPod(request), ReadUid(request), ReadNetns(request), ReadNetwork(request),
            (int)request.Mtu);
    }

    /// <summary>Reads container and interface.</summary>
    /// <exception cref="CniFailureException">A value is not allowed.</exception>
    public static AttachmentKey ReadKey(CniRequest request) => ReadKey(request.ContainerId, request.IfName);

    /// <inheritdoc cref="ReadKey(CniRequest)"/>
    public static AttachmentKey ReadKey(string containerId, string ifName)
    {
        if (!IsIdentifier(containerId, MaxContainerId))
        {
            throw Invalid($"CNI_CONTAINERID is '{containerId}'; it may be up to {MaxContainerId} letters, digits, '_', "
                + "'.' and '-', the first a letter or digit");
        }

        // '%' is a pattern to the kernel, and these two are the folders of settings that hold for every interface.
        if (ifName.Length is 0 or > MaxIfName || ifName is "." or ".." or "lo" or "all" or "default"
            || ifName.Any(each => each is '/' or ':' or '%' or ' ' || !char.IsAscii(each) || char.IsControl(each)))
        {
            throw Invalid($"CNI_IFNAME is '{ifName}'; it may be up to {MaxIfName} printable ASCII characters without "
                + "'/', ':', '%' and spaces, and not lo, all, default, '.' or '..'");
        }

        return new AttachmentKey(containerId, ifName);
    }

    /// <summary>Reads the name of the network configuration.</summary>
    /// <exception cref="CniFailureException">It is not allowed.</exception>
    public static string ReadNetwork(CniRequest request) => IsIdentifier(request.Network, MaxContainerId)
        ? request.Network
        : throw new CniFailureException(CniErrorCode.InvalidNetworkConfig,
            $"the network configuration's name is '{request.Network}'; it may be up to {MaxContainerId} letters, "
            + "digits, '_', '.' and '-', the first a letter or digit");

    private static NamespacedName ReadPod(CniRequest request)
    {
        var (space, name) = (request.Pod?.Namespace ?? "", request.Pod?.Name ?? "");
        if (!IsDnsName(space, MaxPodNamespace) || space.Contains('.'))
        {
            throw Invalid($"CNI_ARGS: K8S_POD_NAMESPACE is '{space}'; it has to be the name of the pod's namespace");
        }

        return IsDnsName(name, MaxPodName) ? new NamespacedName(space, name)
            : throw Invalid($"CNI_ARGS: K8S_POD_NAME is '{name}'; it has to be the name of the pod");
    }

    private static string ReadUid(CniRequest request)
    {
        var uid = request.Pod?.Uid ?? "";
        return uid.Length == 0 || IsIdentifier(uid, MaxPodUid) ? uid
            : throw Invalid($"CNI_ARGS: K8S_POD_UID is '{uid}'; it has to be the UID of the pod, or left out");
    }

    private static string ReadNetns(CniRequest request) => NetnsPath.Problem(request.Netns) is { } problem
        ? throw Invalid($"CNI_NETNS '{request.Netns}' {problem}")
        : request.Netns;

    /// <summary>The specification's grammar of container ids and network names (CNI 1.1.0 §2 and §1).</summary>
    private static bool IsIdentifier(string text, int maxLength) =>
        text.Length > 0 && text.Length <= maxLength && char.IsAsciiLetterOrDigit(text[0])
        && text.All(each => char.IsAsciiLetterOrDigit(each) || each is '_' or '.' or '-');

    private static bool IsDnsName(string text, int maxLength) =>
        text.Length > 0 && text.Length <= maxLength
        && text.All(each => char.IsAsciiLetterLower(each) || char.IsAsciiDigit(each) || each is '-' or '.')
        && text.Split('.').All(label => label.Length > 0 && label[0] != '-' && label[^1] != '-');

    private static CniFailureException Invalid(string message) => new(CniErrorCode.InvalidEnvironment, message);
}
