using Routing.Bgp.Speaker;

namespace Routing.Agent.Grpc;

/// <summary>Where <see cref="BgpGrpcService"/> finds the speaker.</summary>
internal interface ISpeakerSource
{
    /// <summary>The running speaker, or null.</summary>
    BgpSpeaker? Current { get; }

    /// <summary>Its AS.</summary>
    uint Asn { get; }

    /// <summary>Its BGP Identifier.</summary>
    string RouterId { get; }

    /// <summary>Why none runs.</summary>
    string NotRunningReason { get; }
}
