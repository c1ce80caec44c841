using Routing.Cni.Protocol;

namespace Routing.Cni;

/// <summary>CNI_ARGS as kubelet's runtimes fill it: KEY=VALUE pairs separated by semicolons.</summary>
internal static class CniArguments
{
    /// <summary>Reads the pod's identity. An unknown key is an error unless IgnoreUnknown is true, as libcni has
    /// it.</summary>
    public static Pod Parse(string text)
    {
        var pod = new Pod();
        string? unknown = null;
        var ignoreUnknown = false;
        foreach (var pair in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=');
            if (equals <= 0)
            {
                throw Invalid($"'{pair}' is not KEY=VALUE");
            }

            var (key, value) = (pair[..equals], pair[(equals + 1)..]);
            switch (key)
            {
                case "K8S_POD_NAMESPACE": pod.Namespace = value; break;
                case "K8S_POD_NAME": pod.Name = value; break;
                case "K8S_POD_UID": pod.Uid = value; break;
                case "K8S_POD_INFRA_CONTAINER_ID": break; // the sandbox, which CNI_CONTAINERID names already
                case "IgnoreUnknown": ignoreUnknown = ParseBoolean(value); break;
                default: unknown ??= key; break;
            }
        }

        return unknown is null || ignoreUnknown ? pod : throw Invalid($"'{unknown}' is not known; add IgnoreUnknown=1");
    }

    private static bool ParseBoolean(string value) => value.ToLowerInvariant() switch
    {
        "1" or "true" => true,
        "0" or "false" => false,
        _ => throw Invalid($"IgnoreUnknown is '{value}'; it may be 1, 0, true or false"),
    };

    private static CniException Invalid(string what) => new(CniErrorCode.InvalidEnvironment, $"CNI_ARGS: {what}");
}
