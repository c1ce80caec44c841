using System.Net;

namespace Routing.Bgp.Rpki;

/// <summary>A cache that speaks the RPKI to router protocol (RFC 8210) over plain TCP.</summary>
public sealed record RpkiCacheOptions
{
    /// <summary>Newest version that is spoken: draft-ietf-sidrops-8210bis.</summary>
    public const byte NewestVersion = 2;

    /// <summary>Its address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Its TCP port; 323 is IANA's.</summary>
    public int Port { get; init; } = 323;

    /// <summary>The caches with the lowest number that have data are those that count (RFC 8210 §10).</summary>
    public int Preference { get; init; } = 1;

    /// <summary>The version to begin with: 1, or 2 for ASPAs (draft-ietf-sidrops-8210bis). A cache that cannot is spoken to in a
    /// lower one.</summary>
    public byte Version { get; init; } = 1;
}
