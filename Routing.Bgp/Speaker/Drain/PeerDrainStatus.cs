namespace Routing.Bgp.Speaker.Drain;

/// <summary>What can be seen of a neighbour that is being drained.</summary>
/// <param name="Peer">Its name.</param>
/// <param name="IsTold">It has been sent everything with GRACEFUL_SHUTDOWN, or its session is down.</param>
/// <param name="Advertised">Prefixes we tell it.</param>
/// <param name="MovedAway">Those of them that it announces to us itself: it has another path and prefers it. A neighbour
/// without another path, or one that does not tell us, is never counted here.</param>
/// <param name="InUse">Prefixes whose best path here is still through it.</param>
public sealed record PeerDrainStatus(string Peer, bool IsTold, int Advertised, int MovedAway, int InUse);
