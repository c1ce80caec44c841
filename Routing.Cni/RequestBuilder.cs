using Routing.Cni.Protocol;

namespace Routing.Cni;

/// <summary>Environment and network configuration -> request. Requires what the command needs to be there; the agent,
/// which must not trust its socket anyway, judges the values.</summary>
internal static class RequestBuilder
{
    public static CniRequest Build(string command, Func<string, string?> environment, NetworkConfig config)
    {
        RequireUsable(config);
        var request = new CniRequest
        {
            Network = config.Name,
            Mtu = config.Mtu,
            TimeoutMilliseconds = config.TimeoutSeconds * 1000,
        };
        switch (command)
        {
            case "ADD":
                request.Command = CniCommand.Add;
                request.Netns = Require("CNI_NETNS");
                if (config.PreviousResult is not null)
                {
                    throw new CniException(CniErrorCode.InvalidNetworkConfig,
                        "prevResult is set: this plugin makes the interface, so it must be the first of its list");
                }

                break;
            case "DEL":
                request.Command = CniCommand.Del;
                request.Netns = environment("CNI_NETNS") ?? ""; // may be gone by now (CNI 1.1.0 §2 DEL)
                break;
            case "CHECK":
                request.Command = CniCommand.Check;
                request.Netns = Require("CNI_NETNS");
                request.PreviousResult = config.PreviousResult ?? throw new CniException(
                    CniErrorCode.InvalidNetworkConfig, "CHECK needs prevResult, the result of the ADD");
                break;
            case "STATUS":
                request.Command = CniCommand.Status;
                return request;
            case "GC":
                request.Command = CniCommand.Gc;
                // A missing list would mean "nothing is valid" and take every pod off the network.
                request.ValidAttachments.Add(config.ValidAttachments ?? throw new CniException(
                    CniErrorCode.InvalidNetworkConfig, "GC needs cni.dev/valid-attachments, which may be empty"));
                return request;
            default:
                throw new CniException(CniErrorCode.InvalidEnvironment,
                    $"CNI_COMMAND is '{command}'; it may be ADD, DEL, CHECK, GC, STATUS or VERSION");
        }

        request.ContainerId = Require("CNI_CONTAINERID");
        request.IfName = Require("CNI_IFNAME");
        request.Pod = CniArguments.Parse(environment("CNI_ARGS") ?? "");
        return request;

        string Require(string name) => environment(name) is { Length: > 0 } value ? value
            : throw new CniException(CniErrorCode.InvalidEnvironment, $"{command} needs {name}, which is not set");
    }

    private static void RequireUsable(NetworkConfig config)
    {
        if (config.Name.Length == 0)
        {
            throw new CniException(CniErrorCode.InvalidNetworkConfig, "the network configuration has no name");
        }

        if (!Path.IsPathRooted(config.Socket))
        {
            throw new CniException(CniErrorCode.InvalidNetworkConfig,
                $"socket is '{config.Socket}'; it must be an absolute path");
        }

        if (config.TimeoutSeconds is < 1 or > 600)
        {
            throw new CniException(CniErrorCode.InvalidNetworkConfig,
                $"timeoutSeconds is {config.TimeoutSeconds}; it may be 1 to 600");
        }

        // Keys of other plugins that ask for something we would silently not do.
        if (config.IpMasq)
        {
            throw new CniException(CniErrorCode.UnsupportedField,
                "ipMasq: true is not supported; pods are routed with their own addresses");
        }

        if (config.IpamType is { Length: > 0 } ipam)
        {
            throw new CniException(CniErrorCode.UnsupportedField,
                $"ipam: {{\"type\": \"{ipam}\"}} is not supported; addresses come from the node's pod CIDRs");
        }
    }
}
