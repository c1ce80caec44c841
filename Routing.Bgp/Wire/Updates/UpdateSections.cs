namespace Routing.Bgp.Wire.Updates;

/// <summary>The three sections of an UPDATE (RFC 4271 §4.3), where they stand in the receive buffer.</summary>
/// <param name="withdrawn">IPv4 prefixes withdrawn.</param>
/// <param name="attributes">Path attributes.</param>
/// <param name="nlri">IPv4 prefixes announced.</param>
internal readonly ref struct UpdateSections(
    ReadOnlySpan<byte> withdrawn, ReadOnlySpan<byte> attributes, ReadOnlySpan<byte> nlri)
{
    public ReadOnlySpan<byte> Withdrawn { get; } = withdrawn;

    public ReadOnlySpan<byte> Attributes { get; } = attributes;

    public ReadOnlySpan<byte> Nlri { get; } = nlri;

    /// <summary>True for an UPDATE that says nothing: End-of-RIB of IPv4 unicast (RFC 4724 §2).</summary>
    public bool IsEmpty => Withdrawn.IsEmpty && Attributes.IsEmpty && Nlri.IsEmpty;
}
