using System.Collections.Immutable;
using System.Net;
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

    /// <summary>Messages received since the peer was configured, over all its sessions.</summary>
    public long MessagesReceived { get; init; }

    /// <summary>Messages sent since the peer was configured.</summary>
    public long MessagesSent { get; init; }

    /// <summary>Hold time: negotiated when Established, offered otherwise.</summary>
    public TimeSpan HoldTime { get; init; }

    /// <summary>Why the last session ended or the last attempt failed; null when none has.</summary>
    public string? LastError { get; init; }
}
