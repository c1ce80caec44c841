namespace Routing.Bgp.Wire.Attributes;

/// <summary>The value of LARGE_COMMUNITY (RFC 8092 §3).</summary>
internal static class LargeCommunityList
{
    private const int MemberLength = 12;

    /// <summary>Writes a list without the communities that came before in it (RFC 8092 §5: redundant ones are removed in
    /// silence).</summary>
    /// <param name="list">A well-formed list; as long as one UPDATE can carry at most.</param>
    /// <param name="distinct">As long as the list at least.</param>
    /// <returns>Octets written.</returns>
    public static int WriteDistinct(ReadOnlySpan<byte> list, Span<byte> distinct)
    {
        // Open addressing over what has been written, at most half full: a peer's list of thousands costs no squares.
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(2 * list.Length / MemberLength) + 1);
        Span<ushort> places = stackalloc ushort[size]; // of a written community, from 1 on
        places.Clear();
        var count = 0;
        for (; list.Length >= MemberLength; list = list[MemberLength..])
        {
            var community = list[..MemberLength];
            var slot = (int)OctetHash.Compute(community) & (size - 1);
            while (places[slot] != 0 && !distinct.Slice((places[slot] - 1) * MemberLength, MemberLength).SequenceEqual(community))
            {
                slot = (slot + 1) & (size - 1);
            }

            if (places[slot] == 0)
            {
                community.CopyTo(distinct[(count * MemberLength)..]);
                places[slot] = (ushort)++count;
            }
        }

        return count * MemberLength;
    }
}
