using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Export;

/// <summary>Turns canonical attributes into those that an update group sends (RFC 4271 §5.1, RFC 4456 §8), AS numbers
/// still of four octets.</summary>
/// <remarks>Written straight into the outgoing message, once for all routes of a round and all members of the group:
/// keeping the result would cost what copying it costs.</remarks>
internal static class ExportAttributes
{
    /// <summary>Octets that can be added: our AS in a new segment, NEXT_HOP, LOCAL_PREF, ORIGINATOR_ID and a CLUSTER_LIST.</summary>
    public const int Growth = 64;

    private const AttributeFlags WellKnown = AttributeFlags.Transitive;

    /// <summary>Writes all attributes but MP_REACH_NLRI, in ascending order of type.</summary>
    /// <param name="writer">Where to; must hold <see cref="Growth"/> octets more than the set.</param>
    /// <param name="canonical">The best path's attributes.</param>
    /// <param name="inputs">What was extracted from them.</param>
    /// <param name="source">Where the path comes from.</param>
    /// <param name="key">The group.</param>
    /// <param name="own">Ourselves.</param>
    /// <param name="family">Only IPv4 unicast has a NEXT_HOP attribute (RFC 4760 §3), and only for an IPv4 next hop (RFC 8950
    /// §3).</param>
    public static void Write(
        ref WireWriter writer,
        scoped ReadOnlySpan<byte> canonical,
        in DecisionInputs inputs,
        in PathSource source,
        ExportKey key,
        SpeakerIdentity own,
        AfiSafi family)
    {
        AttributeWriter.Write(ref writer, WellKnown, AttributeType.Origin, [inputs.Origin]);
        WriteAsPath(ref writer, canonical, key.Profile, own.Asn);
        if (family == AfiSafi.IPv4Unicast && NextHop(key, source, inputs) is var nextHop && nextHop.IsIPv4)
        {
            AttributeWriter.WriteUInt32(ref writer, WellKnown, AttributeType.NextHop, (uint)nextHop.Low);
        }

        // RFC 4271 §5.1.4: a MED from one neighbouring AS says nothing to another. RFC 7947 §2.2.3: a route server is none.
        // What the export policy has set is ours to tell.
        var sendsMed = !key.Profile.IsExternal || key.Profile.IsRouteServerClient || inputs.Has(AttributeTraits.SendsMed);
        if (sendsMed && inputs.Has(AttributeTraits.HasMed))
        {
            AttributeWriter.WriteUInt32(ref writer, AttributeFlags.Optional, AttributeType.MultiExitDisc, inputs.Med);
        }

        if (!key.Profile.IsExternal)
        {
            // RFC 8326 §4.2: what is told on a session that is about to go is the last choice.
            var isLastChoice = key.Profile.IsDraining || ExportEdits.Deprefers(key, inputs);
            var localPref = isLastChoice ? 0 : inputs.LocalPref;
            AttributeWriter.WriteUInt32(ref writer, WellKnown, AttributeType.LocalPref, localPref);
        }

        if (key.Profile.Kind != PathSourceKind.Internal || source.Kind != PathSourceKind.Internal)
        {
            CopyOthers(ref writer, canonical, AttributeType.AtomicAggregate, (AttributeType)byte.MaxValue);
            return;
        }

        CopyOthers(ref writer, canonical, AttributeType.AtomicAggregate, AttributeType.Communities);
        WriteReflection(ref writer, canonical, inputs, source, key, own);
        CopyOthers(ref writer, canonical, AttributeType.ClusterList + 1, (AttributeType)byte.MaxValue);
    }

    /// <summary>The next hop that the group announces. A link-local one says nothing off its link: there we take its
    /// place.</summary>
    public static AddressBits NextHop(ExportKey key, in PathSource source, in DecisionInputs inputs) =>
        (ExportRules.SetsNextHop(key, source) || NextHopCheck.IsLinkLocal(inputs.NextHop))
        && !inputs.Has(AttributeTraits.KeepsNextHop)
            ? key.SelfNextHop
            : inputs.NextHop;

    /// <summary>RFC 4456 §8: the first reflector of a route names its originator; each prepends its cluster.</summary>
    private static void WriteReflection(
        ref WireWriter writer,
        scoped ReadOnlySpan<byte> canonical,
        in DecisionInputs inputs,
        in PathSource source,
        ExportKey key,
        SpeakerIdentity own)
    {
        AttributeCursor.TryFind(canonical, AttributeType.ClusterList, out var clusters);
        var originator = inputs.Has(AttributeTraits.HasOriginatorId) ? inputs.OriginatorId : source.Identifier;
        AttributeWriter.WriteUInt32(ref writer, AttributeFlags.Optional, AttributeType.OriginatorId, originator);
        AttributeWriter.WriteHeader(
            ref writer, AttributeFlags.Optional, AttributeType.ClusterList, sizeof(uint) + clusters.Length);

        // The cluster is the client's, on whichever side it is; with one on both sides, the one the route comes from.
        var cluster = source.IsClient ? source.ClusterId : key.Profile.ClusterId;
        writer.WriteUInt32(cluster == 0 ? own.ClusterId : cluster);
        writer.WriteOctets(clusters);
    }

    /// <summary>Outside, the public AS goes in front; towards another member AS, our member AS in a sequence of the
    /// confederation (RFC 5065 §4.1); inside the AS, nothing.</summary>
    private static void WriteAsPath(
        ref WireWriter writer, scoped ReadOnlySpan<byte> canonical, ExportProfile profile, uint memberAsn)
    {
        AttributeCursor.TryFind(canonical, AttributeType.AsPath, out var path);
        var (asn, type) = profile.Kind == PathSourceKind.Confederation
            ? (memberAsn, AsPathSegmentType.ConfedSequence)
            : (profile.PrependedAsn, AsPathSegmentType.Sequence);
        if (profile.Kind == PathSourceKind.Internal || asn == 0)
        {
            AttributeWriter.Write(ref writer, WellKnown, AttributeType.AsPath, path);
            return;
        }

        AttributeWriter.WriteHeader(ref writer, WellKnown, AttributeType.AsPath, AsPath.PrependedLength(path, type));
        AsPath.WritePrepended(ref writer, path, asn, type);
    }

    /// <summary>Copies the attributes of a range of types that travel on unchanged.</summary>
    private static void CopyOthers(
        ref WireWriter writer, scoped ReadOnlySpan<byte> canonical, AttributeType from, AttributeType to)
    {
        var cursor = new AttributeCursor(canonical);
        while (cursor.TryRead(out var attribute))
        {
            if (attribute.Type < from || attribute.Type > to)
            {
                continue;
            }

            switch (attribute.Type)
            {
                case AttributeType.AtomicAggregate or AttributeType.Aggregator or AttributeType.Communities
                    or AttributeType.ExtendedCommunities or AttributeType.LargeCommunities
                    or AttributeType.IPv6ExtendedCommunities or AttributeType.Aigp or AttributeType.OnlyToCustomer:
                    writer.WriteOctets(attribute.Octets);
                    break;
                case AttributeType.OriginatorId or AttributeType.ClusterList:
                    break; // a reflector writes its own
                default:
                    // RFC 4271 §5: an unknown optional attribute goes on if it is transitive, marked Partial.
                    if ((attribute.Flags & AttributeFlags.Transitive) != 0)
                    {
                        AttributeWriter.Write(
                            ref writer, attribute.Flags | AttributeFlags.Partial, attribute.Type, attribute.Value);
                    }

                    break;
            }
        }
    }
}
