using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Tables;

namespace Routing.Bgp.Rib.Export;

/// <summary>Which best paths go to which peers before their policies are asked (RFC 4271 §9.1.3 and §9.2, RFC 4456 §6,
/// RFC 1997, RFC 8212, RFC 9234 §5).</summary>
internal static class ExportRules
{
    /// <summary>Whether a best path is announced to peers with this key; that a peer does not get its own route back is
    /// the view's business.</summary>
    public static ExportVerdict Judge(ExportKey key, in PathSource source, in DecisionInputs inputs)
    {
        if (key.Profile.LacksPolicy)
        {
            return ExportVerdict.NoPolicy;
        }

        if (inputs.Has(AttributeTraits.NoAdvertise))
        {
            return ExportVerdict.NoAdvertise;
        }

        if (IsKeptInside(key.Profile.Kind, inputs))
        {
            return ExportVerdict.NoExport;
        }

        if (key.Profile.StopsOnlyToCustomer && inputs.Has(AttributeTraits.HasOnlyToCustomer))
        {
            return ExportVerdict.OnlyToCustomer;
        }

        // RFC 4456 §6: what an iBGP peer told us goes to other iBGP peers only from or to a client.
        if (key.Profile.Kind == PathSourceKind.Internal && source.Kind == PathSourceKind.Internal
            && !source.IsClient && !key.IsClient)
        {
            return ExportVerdict.NotReflected;
        }

        // RFC 4456 §6: reflection between clients may be left out where they are fully meshed.
        if (key.Profile.ClientsAreMeshed && key.IsClient && source.IsClient && source.Kind == PathSourceKind.Internal
            && source.ClusterId == key.Profile.ClusterId)
        {
            return ExportVerdict.NotReflected;
        }

        if (inputs.Has(AttributeTraits.LongLivedStale) && key.LongLived == LongLivedMode.Withhold)
        {
            return ExportVerdict.LongLivedStale;
        }

        if (SetsNextHop(key, source) && key.SelfNextHop.IsZero)
        {
            return ExportVerdict.NoNextHop;
        }

        return ExportVerdict.Exported;
    }

    /// <summary>True when the next hop becomes ourselves: for our own routes; towards other ASes, unless the mode keeps it or
    /// we are a route server (RFC 7947 §2.2.1); and in mode Self for what others outside our AS told us. A reflected route
    /// keeps its next hop (RFC 4456 §10).</summary>
    public static bool SetsNextHop(ExportKey key, in PathSource source)
    {
        var profile = key.Profile;
        return source.Kind == PathSourceKind.Local || profile.NextHop switch
        {
            NextHopMode.Keep => false,
            NextHopMode.Self => source.Kind != PathSourceKind.Internal || profile.IsExternal,
            _ => profile.IsExternal && !profile.IsRouteServerClient,
        };
    }

    /// <summary>RFC 1997: NO_EXPORT ends at the border of the confederation, NO_EXPORT_SUBCONFED at that of the member
    /// AS.</summary>
    private static bool IsKeptInside(PathSourceKind peer, in DecisionInputs inputs) => peer switch
    {
        PathSourceKind.External =>
            (inputs.Traits & (AttributeTraits.NoExport | AttributeTraits.NoExportSubconfed)) != 0,
        PathSourceKind.Confederation => inputs.Has(AttributeTraits.NoExportSubconfed),
        _ => false,
    };
}
