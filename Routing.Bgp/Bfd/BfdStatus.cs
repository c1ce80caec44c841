using System.Net;
using Routing.Bgp.Bfd.Authentication;

namespace Routing.Bgp.Bfd;

/// <summary>A BFD session as operators see it.</summary>
public sealed record BfdStatus
{
    /// <summary>The other end.</summary>
    public required IPAddress Remote { get; init; }

    /// <summary>RFC 5883 rather than RFC 5881.</summary>
    public bool Multihop { get; init; }

    /// <summary>Our state.</summary>
    public BfdState State { get; init; }

    /// <summary>When it was entered.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The state that the other side said last.</summary>
    public BfdState RemoteState { get; init; }

    /// <summary>Why we last left Up.</summary>
    public BfdDiagnostic Diagnostic { get; init; }

    /// <summary>Why the other side last left Up.</summary>
    public BfdDiagnostic RemoteDiagnostic { get; init; }

    /// <summary>Our discriminator.</summary>
    public uint LocalDiscriminator { get; init; }

    /// <summary>Theirs; 0 while nothing is heard.</summary>
    public uint RemoteDiscriminator { get; init; }

    /// <summary>Their C bit (RFC 5882 §3.3).</summary>
    public bool RemoteIsControlPlaneIndependent { get; init; }

    /// <summary>Time between our packets as negotiated, before jitter.</summary>
    public TimeSpan TransmitInterval { get; init; }

    /// <summary>How long the other side may be silent; zero before it was heard.</summary>
    public TimeSpan DetectionTime { get; init; }

    /// <summary>How often the path failed while the session was up.</summary>
    public int Failures { get; init; }

    /// <summary>Control packets taken.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Control packets sent.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Packets from the other side's address that were thrown away.</summary>
    public long PacketsDiscarded { get; init; }

    /// <summary>Those of them that were not signed as agreed (RFC 5880 §6.7).</summary>
    public long PacketsUnauthenticated { get; init; }

    /// <summary>How packets are signed; null when they are not.</summary>
    public BfdAuthenticationType? Authentication { get; init; }
}
