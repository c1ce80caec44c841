namespace Routing.Bgp.Speaker;

/// <summary>What became of a wish to exchange routes again.</summary>
public enum RefreshOutcome
{
    /// <summary>It is under way.</summary>
    Begun,

    /// <summary>There is no such neighbour.</summary>
    UnknownPeer,

    /// <summary>Its session is not Established: it begins with all routes anyway.</summary>
    NotEstablished,

    /// <summary>The neighbour cannot be asked: its OPEN had no route refresh capability (RFC 2918 §2).</summary>
    NotOffered,
}
