using Routing.Bgp.Wire.Capabilities;

namespace Routing.Bgp.Speaker;

/// <summary>Several paths of one prefix in a session (RFC 7911), in all its families. The peer must want it too.</summary>
public sealed record AddPathOptions
{
    /// <summary>As many paths as there are.</summary>
    public const int All = int.MaxValue;

    /// <summary>Most paths of a prefix to send, the best ones; 0 sends the best one alone, without an identifier.</summary>
    public int Send { get; init; }

    /// <summary>Take several paths of a prefix.</summary>
    public bool Receive { get; init; }

    /// <summary>What the capability says.</summary>
    internal AddPathMode Mode =>
        (Receive ? AddPathMode.Receive : AddPathMode.None) | (Send > 0 ? AddPathMode.Send : AddPathMode.None);
}
