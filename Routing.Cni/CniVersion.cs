using Routing.Cni.Protocol;

namespace Routing.Cni;

/// <summary>The specification's versions and what differs between them for a plugin.</summary>
internal static class CniVersion
{
    /// <summary>What errors carry while the configuration's version is not known.</summary>
    public const string Newest = "1.1.0";

    /// <summary>0.3.0 and older are left out: their results have other shapes, and no runtime of a living Kubernetes
    /// asks for them.</summary>
    public static readonly string[] Supported = ["0.3.1", "0.4.0", "1.0.0", "1.1.0"];

    /// <summary>Refuses a version that is not ours, and a command that the version does not have.</summary>
    public static void Require(string version, string command)
    {
        if (Array.IndexOf(Supported, version) < 0)
        {
            throw new CniException(CniErrorCode.IncompatibleVersion, version.Length == 0
                ? $"the network configuration has no cniVersion; set one of {string.Join(", ", Supported)}"
                : $"cniVersion '{version}' is not supported; use one of {string.Join(", ", Supported)}");
        }

        var since = command switch { "CHECK" => "0.4.0", "GC" or "STATUS" => "1.1.0", _ => "0.3.1" };
        if (Array.IndexOf(Supported, version) < Array.IndexOf(Supported, since))
        {
            throw new CniException(CniErrorCode.IncompatibleVersion,
                $"{command} came with CNI {since}; the network configuration's cniVersion is {version}");
        }
    }

    /// <summary>Whether an IP of a result names its family (dropped in 1.0.0).</summary>
    public static bool HasIpVersion(string version) => version[0] == '0';

    /// <summary>Whether an interface of a result tells its MTU (new in 1.1.0).</summary>
    public static bool HasInterfaceMtu(string version) => version == "1.1.0";
}
