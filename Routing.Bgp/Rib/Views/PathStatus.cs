using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.RoutePolicy;

namespace Routing.Bgp.Rib.Views;

/// <summary>One path with its attributes decoded for people.</summary>
public sealed record PathStatus
{
    /// <summary>Chosen.</summary>
    public required bool IsBest { get; init; }

    /// <summary>For the best path, the step that left it alone; for another, the step at which it fell out, or why it was no
    /// candidate.</summary>
    public required DecisionStep Reason { get; init; }

    /// <summary>It has all that the best path has up to the tie-breaks, and shares its traffic when several paths are
    /// used.</summary>
    public bool IsMultipath { get; init; }

    /// <summary>The decision process may choose it.</summary>
    public bool IsCandidate { get; init; } = true;

    /// <summary>Name of the peer; null for a route of our own.</summary>
    public string? Peer { get; init; }

    /// <summary>The peer's path identifier (RFC 7911 §3); 0 from a peer that sends one path of a prefix.</summary>
    public uint PathId { get; init; }

    /// <summary>NEXT_HOP; null for a route of our own.</summary>
    public IPAddress? NextHop { get; init; }

    /// <summary>AS_PATH as operators write it: numbers from the nearest AS on, sets in braces.</summary>
    public string AsPath { get; init; } = "";

    /// <summary>IGP, EGP or INCOMPLETE.</summary>
    public string Origin { get; init; } = "";

    /// <summary>LOCAL_PREF; null when it is not there.</summary>
    public uint? LocalPref { get; init; }

    /// <summary>MULTI_EXIT_DISC; null when it is not there.</summary>
    public uint? MultiExitDisc { get; init; }

    /// <summary>COMMUNITIES as "65000:100"; well-known ones by name.</summary>
    public ImmutableArray<string> Communities { get; init; } = [];

    /// <summary>LARGE_COMMUNITY as "65000:1:2" (RFC 8092 §5).</summary>
    public ImmutableArray<string> LargeCommunities { get; init; } = [];

    /// <summary>EXTENDED COMMUNITIES as "rt:65000:100"; hexadecimal where no name is known.</summary>
    public ImmutableArray<string> ExtendedCommunities { get; init; } = [];

    /// <summary>The other attributes, a text for each.</summary>
    public ImmutableArray<string> Others { get; init; } = [];

    /// <summary>The rules that matched it on its way in, or on its way out for a path as it was sent, the deciding one last;
    /// worked out for explanations and for rejected paths only.</summary>
    public ImmutableArray<PolicyStepStatus> Policy { get; init; } = [];

    /// <summary>ORIGINATOR_ID (RFC 4456 §8); null when it is not there.</summary>
    public IPAddress? OriginatorId { get; init; }

    /// <summary>CLUSTER_LIST, the nearest cluster first.</summary>
    public ImmutableArray<IPAddress> ClusterList { get; init; } = [];

    /// <summary>Kept from before the peer's restart (RFC 4724 §4.2).</summary>
    public bool IsStale { get; init; }

    /// <summary>How long the peer has not announced it otherwise; of what came with its first table, how long the session
    /// lasts.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>Origin validation (RFC 6811); null when nothing is known from the RPKI.</summary>
    public OriginValidity? OriginValidity { get; init; }

    /// <summary>Verification of the AS path by ASPAs; null when nothing is known from the RPKI, or our role towards the peer is
    /// not.</summary>
    public PathValidity? PathValidity { get; init; }

    /// <summary>We originate it.</summary>
    public bool IsLocal => Peer is null;
}
