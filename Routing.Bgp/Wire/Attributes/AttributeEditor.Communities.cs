using System.Buffers.Binary;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>Edits of the four attributes that are lists: COMMUNITIES, EXTENDED COMMUNITIES, its sister for IPv6 addresses,
/// and LARGE_COMMUNITY. Their order is kept and what is added comes last.</summary>
internal sealed partial class AttributeEditor
{
    /// <summary>Adds communities that are not in the list yet.</summary>
    /// <param name="type">Which list.</param>
    /// <param name="communities">One or more in wire form; not a span of this editor.</param>
    public void AddCommunities(AttributeType type, scoped ReadOnlySpan<byte> communities)
    {
        var member = CommunityAttributes.MemberLength(type);
        for (; communities.Length >= member; communities = communities[member..])
        {
            AddCommunity(type, communities[..member]);
        }
    }

    /// <summary>Adds a community of RFC 1997.</summary>
    public void AddCommunity(uint community)
    {
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(octets, community);
        AddCommunity(AttributeType.Communities, octets);
    }

    /// <summary>Makes a list what is given; an empty one goes.</summary>
    public void SetCommunities(AttributeType type, scoped ReadOnlySpan<byte> communities)
    {
        if (communities.IsEmpty)
        {
            Remove(type);
        }
        else
        {
            Set(OptionalTransitive, type, communities);
        }
    }

    /// <summary>Deletes the communities that match; a list that becomes empty goes.</summary>
    /// <returns>True when there was one.</returns>
    public bool RemoveCommunities(AttributeType type, CommunityMatch match)
    {
        var member = CommunityAttributes.MemberLength(type);
        if (!TryFind(type, out var list))
        {
            return false;
        }

        EnsureCapacity(ref _scratch, list.Length);
        var kept = 0;
        for (var rest = list; rest.Length >= member; rest = rest[member..])
        {
            if (!match(rest[..member]))
            {
                rest[..member].CopyTo(_scratch.AsSpan(kept));
                kept += member;
            }
        }

        if (kept == list.Length)
        {
            return false;
        }

        Replace(type, _scratch.AsSpan(0, kept));
        return true;
    }

    private void AddCommunity(AttributeType type, scoped ReadOnlySpan<byte> community)
    {
        if (!TryFind(type, out var list))
        {
            Set(OptionalTransitive, type, community);
            return;
        }

        if (!CommunityAttributes.Contains(list, community))
        {
            EnsureCapacity(ref _scratch, list.Length + community.Length);
            list.CopyTo(_scratch);
            community.CopyTo(_scratch.AsSpan(list.Length));
            Replace(type, _scratch.AsSpan(0, list.Length + community.Length));
        }
    }

    /// <summary>Another value for an attribute that is there; its Partial bit stays. An empty list of communities would be
    /// malformed (RFC 7606 §7.8), so it goes.</summary>
    private void Replace(AttributeType type, scoped ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            Remove(type);
            return;
        }

        var (offset, _) = Locate(type);
        Set((AttributeFlags)_octets[offset] & ~AttributeFlags.ExtendedLength, type, value);
    }
}
