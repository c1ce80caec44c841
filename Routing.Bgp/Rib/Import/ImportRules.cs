using System.Buffers.Binary;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Import;

/// <summary>Phase 1 of the decision process: which received paths are candidates (RFC 4271 §9.1.1, §9.1.2; RFC 4456 §8).</summary>
internal static class ImportRules
{
    /// <summary>What the attributes alone decide, once for all prefixes that share them.</summary>
    /// <param name="table">Where the attributes are.</param>
    /// <param name="set">The attributes as received.</param>
    /// <param name="profile">What the peer is allowed.</param>
    /// <param name="session">Its session.</param>
    /// <param name="own">Our address of the routes' family on the session; zero when there is none.</param>
    public static PathFlags FlagsFor(
        AttributeTable table, int set, ImportProfile profile, PeerUp session, AddressBits own)
    {
        ref readonly var inputs = ref table.Inputs(set);
        var flags = IsAsLoop(table, set, profile) ? PathFlags.AsLoop : PathFlags.None;
        flags |= profile.LacksPolicy ? PathFlags.NoPolicy : 0;
        flags |= IsRouteLeak(table, set, profile, session) ? PathFlags.RouteLeak : 0;
        flags |= (inputs.Traits & (AttributeTraits.OwnOriginatorId | AttributeTraits.OwnClusterId)) != 0
            ? PathFlags.ReflectionLoop
            : 0;
        flags |= inputs.NextHop == own && !own.IsZero ? PathFlags.NextHopSelf : 0;
        return flags;
    }

    /// <summary>RFC 4271 §9.1.2, RFC 5065 §4; as often as the peer may, our AS is no loop.</summary>
    private static bool IsAsLoop(AttributeTable table, int set, ImportProfile profile)
    {
        var count = (int)table.Inputs(set).OwnAsCount;
        if (profile.LocalAsn != 0 && AttributeCursor.TryFind(table.Octets(set), AttributeType.AsPath, out var path))
        {
            count += AsPath.Count(path, profile.LocalAsn, isConfederation: false);
        }

        return count > profile.AllowedOwnAsns;
    }

    /// <summary>RFC 9234 §5, ingress 1 and 2: what is only for customers comes from a customer, or from a peer that did not
    /// mark it itself.</summary>
    private static bool IsRouteLeak(AttributeTable table, int set, ImportProfile profile, PeerUp session)
    {
        if (profile.Role is null || !table.Inputs(set).Has(AttributeTraits.HasOnlyToCustomer)
            || !AttributeCursor.TryFind(table.Octets(set), AttributeType.OnlyToCustomer, out var value))
        {
            return false;
        }

        return profile.Role is PeerRole.Provider or PeerRole.RouteServer
            || (profile.Role == PeerRole.Peer && BinaryPrimitives.ReadUInt32BigEndian(value) != session.PeerAsn);
    }
}
