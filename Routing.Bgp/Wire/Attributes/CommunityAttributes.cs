using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>What the attributes that are lists of communities have in common.</summary>
internal static class CommunityAttributes
{
    /// <summary>Octets of one community; 0 for an attribute that is no list of communities.</summary>
    public static int MemberLength(AttributeType type) => type switch
    {
        AttributeType.Communities => 4, // RFC 1997
        AttributeType.ExtendedCommunities => 8, // RFC 4360 §2
        AttributeType.LargeCommunities => 12, // RFC 8092 §3
        AttributeType.IPv6ExtendedCommunities => 20, // RFC 5701 §2
        _ => 0,
    };

    /// <summary>True when a list has the community.</summary>
    public static bool Contains(ReadOnlySpan<byte> list, ReadOnlySpan<byte> community)
    {
        for (; list.Length >= community.Length; list = list[community.Length..])
        {
            if (list[..community.Length].SequenceEqual(community))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True for an extended community of either length that must not leave the AS (RFC 4360 §2, RFC 5701 §2: the T
    /// bit).</summary>
    public static bool IsNonTransitive(ReadOnlySpan<byte> extended) => (extended[0] & 0x40) != 0;
}
