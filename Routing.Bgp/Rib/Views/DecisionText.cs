using System.Globalization;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Views;

/// <summary>What a step of the decision process compared, in words.</summary>
internal static class DecisionText
{
    /// <summary>The loser's value against the winner's.</summary>
    public static string Compare(DecisionStep step, Candidate loser, Candidate winner)
    {
        var (mine, theirs) = (loser.Inputs, winner.Inputs);
        return step switch
        {
            DecisionStep.NotLongLivedStale => "kept for a peer that is away for long, against one that is there",
            DecisionStep.LocallyOriginated => "learned, against our own",
            DecisionStep.HigherLocalPref => Against("local preference", mine.LocalPref, theirs.LocalPref),
            DecisionStep.LowerAigp => Against("AIGP", AigpText(loser), AigpText(winner)),
            DecisionStep.ShorterAsPath => Against("AS path length", mine.AsPathLength, theirs.AsPathLength),
            DecisionStep.LowerOrigin => Against("origin", OriginName(mine), OriginName(theirs)),
            DecisionStep.LowerMed =>
                Against("MED", mine.Med, theirs.Med) + $" from the same neighbour AS {Text(mine.NeighborAsn)}",
            DecisionStep.ExternalOverInternal => "internal, against external",
            DecisionStep.LowerInteriorCost => Against("cost to the next hop", loser.InteriorCost, winner.InteriorCost),
            DecisionStep.LowerBgpIdentifier => Against("BGP identifier", Identifier(loser), Identifier(winner)),
            DecisionStep.ShorterClusterList =>
                Against("cluster list length", mine.ClusterListLength, theirs.ClusterListLength),
            DecisionStep.LowerPeerAddress => Against("peer address", Address(loser), Address(winner)),
            DecisionStep.LowerPathId => Against("path identifier", loser.PathId, winner.PathId),
            _ => "",
        };
    }

    private static string Against<T>(string what, T mine, T theirs) => $"{what} {Text(mine)} against {Text(theirs)}";

    private static string Text<T>(T value) => string.Create(CultureInfo.InvariantCulture, $"{value}");

    private static string AigpText(Candidate candidate) => candidate.Aigp is { } value ? Text(value) : "none";

    private static string OriginName(in DecisionInputs inputs) =>
        inputs.Origin switch { 0 => "IGP", 1 => "EGP", _ => "INCOMPLETE" };

    private static string Identifier(Candidate candidate) => Prefix.ToAddress(
        AfiSafi.IPv4Unicast,
        candidate.Inputs.Has(AttributeTraits.HasOriginatorId)
            ? candidate.Inputs.OriginatorId
            : candidate.Source.Identifier).ToString();

    private static string Address(Candidate candidate)
    {
        var address = Prefix.ToAddress(AfiSafi.IPv6Unicast, candidate.Source.Address);
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
