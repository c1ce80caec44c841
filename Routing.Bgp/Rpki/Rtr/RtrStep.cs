namespace Routing.Bgp.Rpki.Rtr;

/// <summary>What a session wants after a PDU.</summary>
/// <param name="Send">Octets for the cache; null for none.</param>
/// <param name="Close">Why the connection is to end after that; null to go on.</param>
/// <param name="IsComplete">A set of data is complete.</param>
/// <param name="Flush">What the cache has said does not count any more.</param>
internal readonly record struct RtrStep(
    byte[]? Send = null, string? Close = null, bool IsComplete = false, bool Flush = false);
