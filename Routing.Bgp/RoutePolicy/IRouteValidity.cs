using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy;

/// <summary>What is known from the RPKI at one moment; immutable. Called on the RIB's thread, for routes of policies that
/// ask.</summary>
internal interface IRouteValidity
{
    /// <summary>Origin validation (RFC 6811 §2).</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="asPath">AS_PATH with AS numbers of four octets.</param>
    OriginValidity OriginOf(Prefix prefix, ReadOnlySpan<byte> asPath);

    /// <summary>Verification of the AS path (draft-ietf-sidrops-aspa-verification §6). It does not depend on the
    /// prefix.</summary>
    /// <param name="asPath">AS_PATH with AS numbers of four octets.</param>
    /// <param name="neighborAsn">The AS it was received from.</param>
    /// <param name="role">Our role towards that AS (RFC 9234); null where none is configured, and then nothing can be
    /// said.</param>
    PathValidity PathOf(ReadOnlySpan<byte> asPath, uint neighborAsn, PeerRole? role);
}
