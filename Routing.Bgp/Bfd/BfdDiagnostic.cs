namespace Routing.Bgp.Bfd;

/// <summary>Why a session last changed to Down: IANA "BFD Diagnostic Codes" (RFC 5880 §4.1).</summary>
public enum BfdDiagnostic : byte
{
    /// <summary>Nothing has happened.</summary>
    None = 0,

    /// <summary>Nothing was heard for the detection time.</summary>
    ControlDetectionTimeExpired = 1,

    /// <summary>The other side's echo packets failed.</summary>
    EchoFunctionFailed = 2,

    /// <summary>The other side says that it is down.</summary>
    NeighborSignaledSessionDown = 3,

    /// <summary>The forwarding plane was reset.</summary>
    ForwardingPlaneReset = 4,

    /// <summary>The path below is down.</summary>
    PathDown = 5,

    /// <summary>A concatenated path is down.</summary>
    ConcatenatedPathDown = 6,

    /// <summary>An operator took it down.</summary>
    AdministrativelyDown = 7,

    /// <summary>A concatenated path is down in the other direction.</summary>
    ReverseConcatenatedPathDown = 8,
}
