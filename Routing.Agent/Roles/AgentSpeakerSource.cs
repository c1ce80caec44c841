using Routing.Agent.Grpc;
using Routing.Agent.Speaker;
using Routing.Bgp.Speaker;

namespace Routing.Agent.Roles;

/// <summary>The agent's speaker for <see cref="BgpGrpcService"/>.</summary>
internal sealed class AgentSpeakerSource(SpeakerHost host) : ISpeakerSource
{
    public BgpSpeaker? Current => host.Current;

    public uint Asn => host.Status.Asn;

    public string RouterId => host.Status.RouterId?.ToString() ?? "";

    public string NotRunningReason => host.Status.Problems is { IsEmpty: false } problems
        ? string.Join("; ", problems) : "it is starting or stopping";
}
