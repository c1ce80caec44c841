using Routing.Bgp.Speaker;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads which paths are equal enough to share traffic.</summary>
internal static class MultipathReader
{
    /// <summary>Reads <c>multipath: {ebgp, ibgp, mixed, relaxASPath, linkBandwidth}</c>; null when it is not there.</summary>
    public static MultipathOptions? Read(FieldReader spec)
    {
        if (spec.Object("multipath") is not { } multipath)
        {
            return null;
        }

        var defaults = new MultipathOptions();
        var options = new MultipathOptions
        {
            External = multipath.Boolean("ebgp") ?? defaults.External,
            Internal = multipath.Boolean("ibgp") ?? defaults.Internal,
            Mixed = multipath.Boolean("mixed") ?? defaults.Mixed,
            RelaxAsPath = multipath.Boolean("relaxASPath") ?? defaults.RelaxAsPath,
            LinkBandwidth = multipath.Boolean("linkBandwidth") ?? defaults.LinkBandwidth,
        };
        multipath.End();
        return options;
    }
}
