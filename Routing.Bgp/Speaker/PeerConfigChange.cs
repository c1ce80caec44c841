namespace Routing.Bgp.Speaker;

/// <summary>What a new configuration means for a neighbour that is there already.</summary>
internal static class PeerConfigChange
{
    /// <summary>True when the session cannot go on: something changed that an OPEN or the connection itself says.</summary>
    public static bool NeedsNewSession(PeerConfig from, PeerConfig to) =>
        !Equals(from.Address, to.Address)
        || !Equals(from.AddressRange, to.AddressRange)
        || from.Asn != to.Asn
        || !from.Transport.CanBecome(to.Transport)
        || from.Timers != to.Timers
        || from.Restart with { LongLivedToAll = false } != to.Restart with { LongLivedToAll = false }
        || from.AsPath.MaximumLength != to.AsPath.MaximumLength
        || from.Limits with { Families = [] } != to.Limits with { Families = [] }
        || from.OutboundFilters != to.OutboundFilters
        || from.AddPath.Mode != to.AddPath.Mode
        || !IsSameInOpen(from, to)
        || !IsJudgedAlike(from, to)
        || !from.Families.AsSpan().SequenceEqual(to.Families.AsSpan());

    private static bool IsSameInOpen(PeerConfig from, PeerConfig to) =>
        from.AsPath.LocalAs == to.AsPath.LocalAs
        && from.Relation.Role == to.Relation.Role
        && from.Relation.StrictRole == to.Relation.StrictRole;

    /// <summary>UPDATEs that were treated as withdrawn, and attributes that were dropped, have left nothing that could be
    /// judged again.</summary>
    private static bool IsJudgedAlike(PeerConfig from, PeerConfig to) =>
        from.AsPath.EnforceFirstAs == to.AsPath.EnforceFirstAs
        && from.AsPath.AcceptAsSets == to.AsPath.AcceptAsSets
        && from.AsPath.MaximumLength == to.AsPath.MaximumLength
        && from.Attributes.Aigp == to.Attributes.Aigp
        && from.Attributes.MaximumUnknownAttributes == to.Attributes.MaximumUnknownAttributes;
}
