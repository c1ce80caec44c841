namespace Routing.Bgp.Bfd;

/// <summary>What our side of a session asks for, in the protocol's microseconds.</summary>
/// <param name="MinimumTransmit">bfd.DesiredMinTxInterval while Up.</param>
/// <param name="MinimumReceive">bfd.RequiredMinRxInterval.</param>
/// <param name="DetectMultiplier">bfd.DetectMult.</param>
internal readonly record struct BfdTiming(uint MinimumTransmit, uint MinimumReceive, byte DetectMultiplier)
{
    /// <summary>The timing that options ask for.</summary>
    public static BfdTiming From(BfdOptions options) => new(
        (uint)options.MinimumTransmitInterval.TotalMicroseconds,
        (uint)options.MinimumReceiveInterval.TotalMicroseconds,
        options.DetectMultiplier);
}
