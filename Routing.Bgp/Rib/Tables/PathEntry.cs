namespace Routing.Bgp.Rib.Tables;

/// <summary>One path of one prefix: 12 octets. At ten million paths every octet more is 10 MB.</summary>
internal struct PathEntry
{
    /// <summary>Index into the <see cref="AttributeTable"/>; the path holds a reference.</summary>
    public int Attributes;

    /// <summary>The next path of the same prefix, 0 at the end; the next free entry when free.</summary>
    public int Next;

    /// <summary>Whose path it is.</summary>
    public ushort Peer;

    /// <summary>State beside the attributes.</summary>
    public PathFlags Flags;

    /// <summary>True when the decision process may choose it.</summary>
    public readonly bool IsCandidate => (Flags & PathFlags.Excluded) == 0;
}
