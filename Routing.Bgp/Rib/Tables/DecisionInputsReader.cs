using System.Buffers.Binary;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Tables;

/// <summary>Extracts <see cref="DecisionInputs"/> from canonical attributes (see <see cref="UpdateBatch"/>), which the
/// session has validated.</summary>
internal static class DecisionInputsReader
{
    /// <summary>Reads a set.</summary>
    public static DecisionInputs Read(ReadOnlySpan<byte> canonical, SpeakerIdentity own)
    {
        var inputs = new DecisionInputs { LocalPref = DecisionInputs.DefaultLocalPref };
        var cursor = new AttributeCursor(canonical);
        while (cursor.TryRead(out var attribute))
        {
            ReadAttribute(ref inputs, attribute, own);
        }

        return inputs;
    }

    private static void ReadAttribute(ref DecisionInputs inputs, PathAttribute attribute, SpeakerIdentity own)
    {
        var value = attribute.Value;
        switch (attribute.Type)
        {
            case LocalAttribute.Type:
                ReadLocal(ref inputs, LocalAttribute.Decode(value));
                break;
            case AttributeType.Origin:
                inputs.Origin = value[0];
                break;
            case AttributeType.AsPath:
                ReadAsPath(ref inputs, value, own);
                break;
            case AttributeType.NextHop:
                ReadNextHop(ref inputs, value);
                break;
            case AttributeType.MultiExitDisc:
                inputs.Med = BinaryPrimitives.ReadUInt32BigEndian(value);
                inputs.Traits |= AttributeTraits.HasMed;
                break;
            case AttributeType.LocalPref:
                inputs.LocalPref = BinaryPrimitives.ReadUInt32BigEndian(value);
                inputs.Traits |= AttributeTraits.HasLocalPref;
                break;
            case AttributeType.Communities:
                ReadCommunities(ref inputs, value);
                break;
            case AttributeType.OriginatorId:
                inputs.OriginatorId = BinaryPrimitives.ReadUInt32BigEndian(value);
                inputs.Traits |= AttributeTraits.HasOriginatorId;
                inputs.Traits |= inputs.OriginatorId == own.RouterId ? AttributeTraits.OwnOriginatorId : 0;
                break;
            case AttributeType.ClusterList:
                ReadClusterList(ref inputs, value, own);
                break;
            case AttributeType.ExtendedCommunities or AttributeType.IPv6ExtendedCommunities:
                inputs.Traits |= HasNonTransitive(value, CommunityAttributes.MemberLength(attribute.Type))
                    ? AttributeTraits.HasNonTransitiveCommunity
                    : 0;
                break;
            case AttributeType.Aigp:
                inputs.Traits |= AttributeTraits.HasAigp;
                break;
            case AttributeType.OnlyToCustomer:
                inputs.Traits |= AttributeTraits.HasOnlyToCustomer;
                break;
        }
    }

    private static void ReadLocal(ref DecisionInputs inputs, LocalAttribute local)
    {
        inputs.Weight = local.Weight;
        inputs.Traits |= (local.Traits & LocalTraits.HasPriority) != 0 ? AttributeTraits.HasPriority : 0;
        inputs.Traits |= (local.Traits & LocalTraits.SendsMed) != 0 ? AttributeTraits.SendsMed : 0;
        inputs.Traits |= (local.Traits & LocalTraits.KeepsNextHop) != 0 ? AttributeTraits.KeepsNextHop : 0;
    }

    private static void ReadAsPath(ref DecisionInputs inputs, ReadOnlySpan<byte> path, SpeakerIdentity own)
    {
        inputs.AsPathLength = (ushort)AsPath.Length(path);
        inputs.NeighborAsn = AsPath.NeighbourAsn(path);
        var count = AsPath.Count(path, own.PublicAsn, isConfederation: false);
        if (AsPath.HasConfederationSegments(path))
        {
            inputs.Traits |= AttributeTraits.HasConfederationSegments;
            count += AsPath.Count(path, own.Asn, isConfederation: true); // RFC 5065 §4
        }

        inputs.OwnAsCount = (byte)Math.Min(count, byte.MaxValue);
    }

    private static void ReadNextHop(ref DecisionInputs inputs, ReadOnlySpan<byte> value)
    {
        if (value.Length >= 16)
        {
            var counting = NextHopCheck.Counting(value);
            inputs.NextHop = new AddressBits(
                BinaryPrimitives.ReadUInt64BigEndian(counting), BinaryPrimitives.ReadUInt64BigEndian(counting[sizeof(ulong)..]));
            inputs.Traits |= AttributeTraits.NextHopIsIPv6;
        }
        else
        {
            inputs.NextHop = new AddressBits(0, BinaryPrimitives.ReadUInt32BigEndian(value));
        }
    }

    private static void ReadCommunities(ref DecisionInputs inputs, ReadOnlySpan<byte> value)
    {
        for (; value.Length >= sizeof(uint); value = value[sizeof(uint)..])
        {
            inputs.Traits |= BinaryPrimitives.ReadUInt32BigEndian(value) switch
            {
                WellKnownCommunity.NoExport => AttributeTraits.NoExport,
                WellKnownCommunity.NoAdvertise => AttributeTraits.NoAdvertise,
                WellKnownCommunity.NoExportSubconfed => AttributeTraits.NoExportSubconfed,
                WellKnownCommunity.GracefulShutdown => AttributeTraits.GracefulShutdown,
                WellKnownCommunity.Blackhole => AttributeTraits.Blackhole,
                WellKnownCommunity.LongLivedStale => AttributeTraits.LongLivedStale,
                WellKnownCommunity.NotLongLived => AttributeTraits.NotLongLived,
                _ => 0,
            };
        }
    }

    private static void ReadClusterList(ref DecisionInputs inputs, ReadOnlySpan<byte> value, SpeakerIdentity own)
    {
        inputs.ClusterListLength = (ushort)(value.Length / sizeof(uint));
        var isOwn = ContainsUInt32(value, own.ClusterId);
        foreach (var other in own.OtherClusterIds)
        {
            isOwn = isOwn || ContainsUInt32(value, other);
        }

        inputs.Traits |= isOwn ? AttributeTraits.OwnClusterId : 0;
    }

    private static bool HasNonTransitive(ReadOnlySpan<byte> list, int member)
    {
        for (; list.Length >= member; list = list[member..])
        {
            if (CommunityAttributes.IsNonTransitive(list))
            {
                return true;
            }
        }

        return false;
    }

    private static bool ContainsUInt32(ReadOnlySpan<byte> values, uint wanted)
    {
        for (; values.Length >= sizeof(uint); values = values[sizeof(uint)..])
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(values) == wanted)
            {
                return true;
            }
        }

        return false;
    }
}
