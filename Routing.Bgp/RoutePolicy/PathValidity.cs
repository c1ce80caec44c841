namespace Routing.Bgp.RoutePolicy;

/// <summary>Outcome of the verification of an AS path against ASPA objects (draft-ietf-sidrops-aspa-verification).</summary>
public enum PathValidity : byte
{
    /// <summary>Too little is known, or nothing was asked.</summary>
    Unknown,

    /// <summary>No hop contradicts the objects.</summary>
    Valid,

    /// <summary>Some AS leaked the route or forged the path.</summary>
    Invalid,
}
