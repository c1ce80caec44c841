namespace Routing.Bgp.Wire.Attributes;

/// <summary>Picks communities.</summary>
/// <param name="community">One community in wire form: 4, 8, 12 or 20 octets, as its attribute has it.</param>
internal delegate bool CommunityMatch(ReadOnlySpan<byte> community);
