using Routing.Bgp.Bfd.Authentication;

namespace Routing.Bgp.Bfd;

/// <summary>BFD for one neighbour (RFC 5880): the session that takes BGP down within a fraction of a second when the path
/// fails.</summary>
public sealed record BfdOptions
{
    /// <summary>Least interval between packets, either way: what a process beside a busy RIB holds.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest interval that makes sense; the protocol itself ends at 71 minutes.</summary>
    public static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(60);

    /// <summary>How often we would like to send; the neighbour may ask for less.</summary>
    public TimeSpan MinimumTransmitInterval { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How often we are ready to receive.</summary>
    public TimeSpan MinimumReceiveInterval { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How many of our packets in a row the neighbour may miss before it declares the path down.</summary>
    public byte DetectMultiplier { get; init; } = 3;

    /// <summary>The neighbour is more than one hop away (RFC 5883): UDP port 4784, any TTL.</summary>
    public bool Multihop { get; init; }

    /// <summary>What packets are signed with (RFC 5880 §6.7); null for nothing.</summary>
    public BfdAuthenticationOptions? Authentication { get; init; }

    /// <summary>When BFD goes down and the neighbour's BFD shares the fate of its control plane, a neighbour with graceful
    /// restart may merely be restarting: keep its routes then (RFC 5882 §4.3.2). False drops them at once whatever the
    /// reason.</summary>
    public bool CheckControlPlaneFailure { get; init; }
}
