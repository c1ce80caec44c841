namespace Routing.Bgp.Speaker;

/// <summary>Another AS number than ours towards a neighbour in another AS, as while two networks become one.</summary>
/// <param name="Asn">What we call ourselves in OPEN, and put in front of paths before our own AS.</param>
public sealed record LocalAsOptions(uint Asn)
{
    /// <summary>What the neighbour sends does not get the local AS in front.</summary>
    public bool NoPrepend { get; init; }

    /// <summary>What the neighbour is sent has the local AS in place of ours, not before it.</summary>
    public bool ReplaceAs { get; init; }

    /// <summary>The neighbour may still know us by our own AS: when it refuses one number, the other is tried.</summary>
    public bool DualAs { get; init; }
}
