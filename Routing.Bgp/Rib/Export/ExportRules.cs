using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Export;

/// <summary>Which best paths go to which peers (RFC 4271 §9.1.3 and §9.2, RFC 4456 §6, RFC 1997).</summary>
internal static class ExportRules
{
    /// <summary>Whether a best path is announced to peers with this key; that a peer does not get its own route back is
    /// the view's business.</summary>
    public static ExportVerdict Judge(ExportKey key, in PathSource source, in DecisionInputs inputs, Prefix prefix)
    {
        if (inputs.Has(AttributeTraits.NoAdvertise))
        {
            return ExportVerdict.NoAdvertise;
        }

        if (key.IsExternal && inputs.Has(AttributeTraits.NoExport))
        {
            return ExportVerdict.NoExport;
        }

        // RFC 4456 §6: what an iBGP peer told us goes to other iBGP peers only from or to a client.
        if (!key.IsExternal && source.Kind == PathSourceKind.Internal && !source.IsClient && !key.IsClient)
        {
            return ExportVerdict.NotReflected;
        }

        if (SetsNextHop(key, source) && key.SelfNextHop == 0)
        {
            return ExportVerdict.NoNextHop;
        }

        return key.Filter.Rules.IsEmpty || key.Filter.Accepts(prefix)
            ? ExportVerdict.Exported
            : ExportVerdict.RejectedByFilter;
    }

    /// <summary>True when the next hop becomes ourselves: always towards other ASes (RFC 4271 §5.1.3 would let us keep a
    /// third party's on a shared subnet; we do not) and for our own routes; with next-hop-self for what other ASes told
    /// us. A reflected route keeps its next hop (RFC 4456 §10).</summary>
    public static bool SetsNextHop(ExportKey key, in PathSource source) =>
        key.IsExternal
        || source.Kind == PathSourceKind.Local
        || (key.NextHopSelf && source.Kind == PathSourceKind.External);
}
