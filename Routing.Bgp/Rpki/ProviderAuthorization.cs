namespace Routing.Bgp.Rpki;

/// <summary>What the ASPA of one AS says of another (draft-ietf-sidrops-aspa-verification §5).</summary>
internal enum ProviderAuthorization : byte
{
    /// <summary>It has none.</summary>
    NoAttestation,

    /// <summary>"Provider+": it is among the providers.</summary>
    Provider,

    /// <summary>"Not Provider+": it is not.</summary>
    NotProvider,
}
