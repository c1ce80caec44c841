using System.CommandLine;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp ...`: a speaker of its own, and what a running one knows.</summary>
internal static class BgpVerb
{
    public static Command Create() => new("bgp", "Run a BGP speaker, or ask a running one about peers and routes.")
    {
        BgpServeVerb.Create(),
        BgpCheckVerb.Create(),
        BgpSummaryVerb.Create(),
        BgpPeersVerb.Create(),
        BgpRoutesVerb.Create(),
        BgpExplainVerb.Create(),
        BgpBfdVerb.Create(),
        BgpRpkiVerb.Create(),
        BgpWatchVerb.Create(),
        BgpClearVerb.Create(),
        BgpDrainVerb.Create(),
        BgpShutdownVerb.Create(),
        BgpEnableVerb.Create(),
        BgpDumpVerb.Create(),
    };
}
