namespace Routing.Bgp.Rib.Export;

/// <summary>Consecutive messages about routes of one source inside a <see cref="MessageBuffers"/>.</summary>
/// <param name="Source">The member whose routes they are, or null when no member is the source.</param>
/// <param name="Buffer">Number of the buffer.</param>
/// <param name="Start">First octet.</param>
/// <param name="Length">Octets.</param>
/// <param name="Messages">BGP messages.</param>
internal readonly record struct MessageSegment(PeerIndex? Source, int Buffer, int Start, int Length, int Messages);
