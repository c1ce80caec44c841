namespace Routing.Bgp.RoutePolicy.Sets;

/// <summary>A condition on some bits of a community taken as a number.</summary>
/// <param name="Shift">Bits right of the field.</param>
/// <param name="Bits">Its width, at most 32.</param>
/// <param name="Range">What it may be.</param>
public readonly record struct CommunityField(byte Shift, byte Bits, ValueRange Range)
{
    /// <summary>The field's greatest value.</summary>
    public uint Greatest => uint.MaxValue >> (32 - Bits);

    /// <summary>True when the field of a community is in the range.</summary>
    public bool Matches(UInt128 community) => Range.Contains((uint)(community >> Shift) & Greatest);
}
