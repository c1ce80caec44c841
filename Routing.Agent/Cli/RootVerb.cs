using System.CommandLine;
using Routing.Agent.Cli.Bgp;

namespace Routing.Agent.Cli;

/// <summary>The `routing` command: a verb per file in this folder, added here.</summary>
internal static class RootVerb
{
    public static RootCommand Create() =>
        new("A pure-L3 network for Kubernetes: BGP, NetworkPolicy and CNI in one program.")
    {
        BgpVerb.Create(),
        CniVerb.Create(),
        LabVerb.Create(),
        PolicyVerb.Create(),
        AgentVerb.Create(),
        ControllerVerb.Create(),
        StatusVerb.Create(),
        PodsVerb.Create(),
        FlowsVerb.Create(),
        LogLevelVerb.Create(),
        TopologyVerb.Create(),
    };
}
