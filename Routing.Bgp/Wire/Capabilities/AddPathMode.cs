namespace Routing.Bgp.Wire.Capabilities;

/// <summary>Which way several paths of a prefix may go (the Send/Receive octet of RFC 7911 §4).</summary>
[Flags]
internal enum AddPathMode : byte
{
    None = 0,

    /// <summary>The speaker takes several paths.</summary>
    Receive = 1,

    /// <summary>The speaker would send several paths.</summary>
    Send = 2,
}
