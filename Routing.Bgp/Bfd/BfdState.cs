namespace Routing.Bgp.Bfd;

/// <summary>State of a BFD session, with the values of the State field (RFC 5880 §4.1).</summary>
public enum BfdState : byte
{
    /// <summary>Held down by an operator; says nothing about the path.</summary>
    AdminDown = 0,

    /// <summary>The path is down, or nothing has been heard yet.</summary>
    Down = 1,

    /// <summary>The other side is heard, and has not yet said that it hears us.</summary>
    Init = 2,

    /// <summary>The path works both ways.</summary>
    Up = 3,
}
