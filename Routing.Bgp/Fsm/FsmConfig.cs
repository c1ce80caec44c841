namespace Routing.Bgp.Fsm;

/// <summary>The optional session attributes of RFC 4271 §8.1 that this speaker has.</summary>
internal sealed record FsmConfig
{
    /// <summary>PassiveTcpEstablishment: only accepts a connection.</summary>
    public bool Passive { get; init; }

    /// <summary>ConnectRetryTime.</summary>
    public required TimeSpan ConnectRetryTime { get; init; }

    /// <summary>The "large value" of the hold timer until the OPENs have been exchanged (RFC 4271 §8.2.2 suggests
    /// it).</summary>
    public TimeSpan OpenHoldTime { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Least SendHoldTime (RFC 9687 §4); twice the hold time when that is longer.</summary>
    public TimeSpan SendHoldTime { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>DelayOpenTime; zero switches DelayOpen off.</summary>
    public TimeSpan DelayOpenTime { get; init; }
}
