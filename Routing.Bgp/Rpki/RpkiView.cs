using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rpki;

/// <summary>Both tables at one moment, as policies ask them.</summary>
/// <param name="roas">Who may originate what.</param>
/// <param name="aspas">Who is whose provider.</param>
/// <param name="ownAsn">Our AS.</param>
internal sealed class RpkiView(RoaTable roas, AspaTable aspas, uint ownAsn) : IRouteValidity
{
    private readonly PathVerification _paths = new(aspas);

    /// <summary>Who may originate what.</summary>
    public RoaTable Roas => roas;

    /// <summary>Who is whose provider.</summary>
    public AspaTable Aspas => aspas;

    /// <inheritdoc/>
    public OriginValidity OriginOf(Prefix prefix, ReadOnlySpan<byte> asPath) =>
        roas.Validate(prefix, OriginAsn(asPath));

    /// <inheritdoc/>
    public PathValidity PathOf(ReadOnlySpan<byte> asPath, uint neighborAsn, PeerRole? role) =>
        _paths.Verify(asPath, neighborAsn, role);

    /// <summary>RFC 6811 §2, "Route Origin ASN": the last AS of a final AS_SEQUENCE; our own for a path that is empty or has
    /// confederation segments alone; none (0 here) after an AS_SET.</summary>
    private uint OriginAsn(ReadOnlySpan<byte> asPath)
    {
        var origin = ownAsn;
        var cursor = new AsPathCursor(asPath);
        while (cursor.TryRead(out var segment))
        {
            origin = segment.Type switch
            {
                AsPathSegmentType.Sequence when segment.Count > 0 => segment[segment.Count - 1],
                AsPathSegmentType.Set => 0,
                _ => origin,
            };
        }

        return origin;
    }
}
