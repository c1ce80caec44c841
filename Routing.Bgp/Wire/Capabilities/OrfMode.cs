namespace Routing.Bgp.Wire.Capabilities;

/// <summary>Which way outbound route filters may go (the Send/Receive octet of RFC 5291 §5).</summary>
[Flags]
internal enum OrfMode : byte
{
    None = 0,

    /// <summary>The speaker would honour filters.</summary>
    Receive = 1,

    /// <summary>The speaker would send filters.</summary>
    Send = 2,
}
