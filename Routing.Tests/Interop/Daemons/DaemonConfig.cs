using System.Collections.Immutable;

namespace Routing.Tests.Interop.Daemons;

/// <summary>What a daemon of any make is told.</summary>
internal sealed record DaemonConfig
{
    public required uint Asn { get; init; }

    public required string RouterId { get; init; }

    /// <summary>FRR's only: zebra runs beside bgpd.</summary>
    public bool UsesZebra { get; init; }

    public ImmutableArray<DaemonPeer> Peers { get; init; } = [];

    /// <summary>Prefixes of its own.</summary>
    public ImmutableArray<string> Originate { get; init; } = [];

    /// <summary>Ours only: best paths go to the kernel.</summary>
    public bool InstallRoutes { get; init; }

    /// <summary>Further lines of its file, in its own language: outside all neighbours (BIRD, OpenBGPD, ExaBGP, GoBGP), of
    /// `router bgp` (FRR), of the BGPConfiguration's spec (ours).</summary>
    public string Further { get; init; } = "";

    /// <summary>Further lines after all others, in its own language: FRR's route maps, objects of ours after a "---".</summary>
    public string Trailer { get; init; } = "";

    /// <summary>FRR only: the file of its bfdd, a daemon beside bgpd; empty runs none.</summary>
    public string Bfdd { get; init; } = "";
}
