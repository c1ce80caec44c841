using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Bfd;
using Routing.Bgp.Fsm;

namespace Routing.Bgp.Speaker;

/// <summary>One neighbour as operators see it.</summary>
public sealed record PeerStatus
{
    /// <summary>Name from the configuration; a dynamic neighbour's has its address behind the range's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Its AS.</summary>
    public required uint Asn { get; init; }

    /// <summary>It came out of a range.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>State of the session.</summary>
    public required SessionState State { get; init; }

    /// <summary>When it entered the state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Routes by family: those negotiated when Established, those configured otherwise.</summary>
    public ImmutableArray<PeerFamilyStatus> Families { get; init; } = [];

    /// <summary>Hold time: negotiated when Established, offered otherwise.</summary>
    public TimeSpan HoldTime { get; init; }

    /// <summary>Why an operator has shut it down; empty when no reason was given, null when it is not shut down.</summary>
    public string? ShutdownReason { get; init; }

    /// <summary>Why the last session ended or the last attempt failed; null when none has.</summary>
    public string? LastError { get; init; }

    /// <summary>How long it has been Established when it was asked; zero when it is not.</summary>
    public TimeSpan Uptime { get; init; }

    // What follows is by concern, a record each, as in PeerConfig, in bgp.proto and in `routing bgp peers NAME`.

    /// <summary>How the session fared so far.</summary>
    public PeerSessionStatus Session { get; init; } = new();

    /// <summary>Its TCP connection.</summary>
    public PeerTransportStatus Transport { get; init; } = new();

    /// <summary>What the peer is to us.</summary>
    public PeerRelationStatus Relation { get; init; } = new();

    /// <summary>Messages exchanged and what was wrong with them.</summary>
    public PeerMessageStatus Messages { get; init; } = new();

    /// <summary>Graceful restart.</summary>
    public PeerRestartStatus Restart { get; init; } = new();

    /// <summary>The BFD session beside it; null without one.</summary>
    public BfdStatus? Bfd { get; init; }
}
