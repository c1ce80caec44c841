namespace Routing.Bgp.Bfd;

/// <summary>Runs BFD sessions for whoever wants to know of a path's failure at once (RFC 5882).</summary>
internal interface IBfdService
{
    /// <summary>Begins a session.</summary>
    /// <param name="target">The other end, and the way to it.</param>
    /// <param name="options">Timers, and the kind of session.</param>
    /// <param name="onChange">Called when the session has changed, from a thread that must not be kept.</param>
    /// <returns>The session; dispose it to end it.</returns>
    IBfdSubscription Open(BfdTarget target, BfdOptions options, Action onChange);
}
