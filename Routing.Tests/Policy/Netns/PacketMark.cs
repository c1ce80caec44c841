namespace Routing.Tests.Policy.Netns;

/// <summary>What a packet carries so that it is known again.</summary>
/// <param name="Round">When it was sent.</param>
/// <param name="Index">Which it was then.</param>
internal readonly record struct PacketMark(ushort Round, ushort Index);
