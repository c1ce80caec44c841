using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>A capability this speaker does not know, kept as it came; it changes nothing (RFC 5492 §3).</summary>
internal sealed record UnknownCapability(CapabilityCode Code, ReadOnlyMemory<byte> Value) : Capability(Code)
{
    /// <inheritdoc/>
    public bool Equals(UnknownCapability? other) =>
        other is not null && Code == other.Code && Value.Span.SequenceEqual(other.Value.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Code, Value.Length);

    /// <inheritdoc/>
    protected override void EncodeValue(ref WireWriter writer) => writer.WriteOctets(Value.Span);
}
