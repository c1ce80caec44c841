namespace Routing.Bgp.Rib.Tables;

/// <summary>What the RIB keeps of a prefix beside its key: 12 octets.</summary>
internal struct PrefixRow
{
    private const byte InUseBit = 1;
    private const byte SinkPendingBit = 2;
    private const byte HasMedBit = 4;

    /// <summary>First path, the best one when it is a candidate; 0 when there is none. The next free row when free.</summary>
    public int FirstPath;

    /// <summary>Low 32 bits of the number of its latest entry in the change journal; older entries of the row are void.</summary>
    public uint JournalNumber;

    private ushort _peers;
    private byte _facts;

    /// <summary>The best path sink has not been told of the last change.</summary>
    public bool SinkPending
    {
        readonly get => (_facts & SinkPendingBit) != 0;
        set => Set(SinkPendingBit, value);
    }

    /// <summary>The row has a key.</summary>
    public bool InUse
    {
        readonly get => (_facts & InUseBit) != 0;
        set => Set(InUseBit, value);
    }

    /// <summary>A path of the prefix has, or had, a MED: then the steps of the decision are no order (RFC 4271
    /// §9.1.2.2 c), and all paths have to be looked at together.</summary>
    public bool HasMed
    {
        readonly get => (_facts & HasMedBit) != 0;
        set => Set(HasMedBit, value);
    }

    /// <summary>False when the peer surely has no path of the prefix, so that nobody has to look through the others'.</summary>
    public readonly bool MayHavePathOf(ushort peer) => (_peers & (1 << (peer & 15))) != 0;

    /// <summary>The peer has a path now.</summary>
    public void NotePathOf(ushort peer) => _peers |= (ushort)(1 << (peer & 15));

    /// <summary>The last path is gone, and with it what was known of all.</summary>
    public void ForgetPaths()
    {
        _peers = 0;
        HasMed = false;
    }

    private void Set(byte bit, bool value) => _facts = (byte)(value ? _facts | bit : _facts & ~bit);
}
