namespace Routing.Bgp.Bfd;

/// <summary>A BFD session in the hands of its client; any thread may use it.</summary>
internal interface IBfdSubscription : IDisposable
{
    /// <summary>The session at this moment; null until it has begun.</summary>
    BfdStatus? Status { get; }

    /// <summary>Other timers or keys; the session goes on (RFC 5880 §6.8.3).</summary>
    void Change(BfdOptions options);
}
