namespace Routing.Bgp.Wire.Nlri;

/// <summary>An address of either family as an integer; an IPv4 address in the low 32 bits.</summary>
/// <remarks>What a <see cref="UInt128"/> is, which the ahead-of-time compiler cannot handle: it leaves out every method that
/// touches a type with one in it, and the first routes would wait for the compiler. So tables and keys hold this, and
/// arithmetic is done after a conversion.</remarks>
/// <param name="High">The first 64 bits.</param>
/// <param name="Low">The last 64 bits.</param>
internal readonly record struct AddressBits(ulong High, ulong Low) : IComparable<AddressBits>
{
    /// <summary>No address.</summary>
    public bool IsZero => (High | Low) == 0;

    /// <summary>It fits an IPv4 address.</summary>
    public bool IsIPv4 => High == 0 && Low <= uint.MaxValue;

    public static implicit operator AddressBits(UInt128 value) => new((ulong)(value >> 64), (ulong)value);

    public static implicit operator AddressBits(ulong low) => new(0, low);

    public static implicit operator UInt128(AddressBits bits) => new(bits.High, bits.Low);

    /// <inheritdoc/>
    public int CompareTo(AddressBits other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);
}
