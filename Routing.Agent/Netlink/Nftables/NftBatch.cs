using System.Buffers.Binary;

namespace Routing.Agent.Netlink.Nftables;

/// <summary>Changes to one table that the kernel makes together or not at all. Each request keeps a name, so that a
/// refusal says which one it was.</summary>
internal sealed class NftBatch
{
    /// <summary>Octets of one list of elements: an attribute's length has 16 bits, and the last element needs
    /// room.</summary>
    private const int MaxListLength = 60_000;

    private const ushort BatchGeneration = 1; // NFNL_BATCH_GENID
    private const ushort TableName = 1, TableFlags = 2, TableUserData = 6; // NFTA_TABLE_*
    private const ushort Subsystem = 10; // NFNL_SUBSYS_NFTABLES

    private readonly List<(string Operation, string Target)> _requests = [];
    private readonly string _table;
    private readonly uint _firstSequence;
    private uint _setId;
    private int _lastRequestStart;

    /// <param name="generation">The kernel's generation that the changes were computed from; the kernel refuses the
    /// batch (ERESTART) when it has moved on. Null for any.</param>
    /// <param name="firstSequence">Numbers from here on, one for each request and two for the frame, are the
    /// batch's.</param>
    /// <param name="writer">Holds the requests; what it has is thrown away.</param>
    public NftBatch(string table, uint? generation, uint firstSequence, NetlinkWriter writer)
    {
        (_table, _firstSequence, Writer) = (table, firstSequence, writer);
        writer.Clear();
        BeginFrame(NftMessageType.BatchBegin, firstSequence);
        if (generation is { } expected)
        {
            Writer.PutU32BigEndian(BatchGeneration, expected);
        }

        Writer.EndMessage();
    }

    /// <summary>The requests so far.</summary>
    public NetlinkWriter Writer { get; }

    /// <summary>The sequence number of the frame's begin, which errors about the whole batch carry.</summary>
    public uint FirstSequence => _firstSequence;

    /// <summary>The sequence number of the last request.</summary>
    public uint LastSequence => _firstSequence + (uint)_requests.Count;

    /// <summary>Adds the table; one that is there is left, and woken up if it was dormant.</summary>
    public void AddTable(string comment)
    {
        Begin(NftMessageType.NewTable, NetlinkFlags.Create, "add table", "");
        Writer.PutString(TableName, _table);
        Writer.PutU32BigEndian(TableFlags, 0);
        NftUserData.WriteComment(Writer, TableUserData, comment);
        Writer.EndMessage();
    }

    /// <summary>Removes the table and all it holds.</summary>
    public void DeleteTable()
    {
        Begin(NftMessageType.DeleteTable, NetlinkFlags.None, "delete table", "");
        Writer.PutString(TableName, _table);
        Writer.EndMessage();
    }

    public void AddChain(NftChain chain)
    {
        Begin(NftMessageType.NewChain, NetlinkFlags.Create | NetlinkFlags.Exclusive, "add chain", chain.Name);
        NftChainCodec.WriteNew(Writer, _table, chain);
        Writer.EndMessage();
    }

    public void DeleteChain(string name)
    {
        Begin(NftMessageType.DeleteChain, NetlinkFlags.None, "delete chain", name);
        NftChainCodec.WriteKey(Writer, _table, name);
        Writer.EndMessage();
    }

    /// <summary>Adds a rule at the end of its chain.</summary>
    public void AppendRule(NftRule rule)
    {
        Begin(NftMessageType.NewRule, NetlinkFlags.Create | NetlinkFlags.Append, "add rule", rule.Chain);
        NftRuleCodec.WriteNew(Writer, _table, rule);
        Writer.EndMessage();
    }

    /// <summary>Removes one rule.</summary>
    public void DeleteRule(string chain, ulong handle)
    {
        Begin(NftMessageType.DeleteRule, NetlinkFlags.None, "delete rule", $"{chain} handle {handle}");
        NftRuleCodec.WriteKey(Writer, _table, chain, handle);
        Writer.EndMessage();
    }

    /// <summary>Removes all rules of a chain.</summary>
    public void DeleteRules(string chain)
    {
        Begin(NftMessageType.DeleteRule, NetlinkFlags.None, "delete rules of", chain);
        NftRuleCodec.WriteKey(Writer, _table, chain);
        Writer.EndMessage();
    }

    public void AddSet(NftSet set)
    {
        Begin(NftMessageType.NewSet, NetlinkFlags.Create | NetlinkFlags.Exclusive, "add set", set.Name);
        NftSetCodec.WriteNew(Writer, _table, set, ++_setId);
        Writer.EndMessage();
    }

    public void DeleteSet(string name)
    {
        Begin(NftMessageType.DeleteSet, NetlinkFlags.None, "delete set", name);
        NftSetCodec.WriteKey(Writer, _table, name);
        Writer.EndMessage();
    }

    /// <summary>Adds elements to a set or map, in as many requests as their lists need.</summary>
    public ElementList AddElements(string set) =>
        new(this, NftMessageType.NewElement, NetlinkFlags.Create, "add elements to", set);

    /// <summary>Removes elements of a set or map.</summary>
    public ElementList DeleteElements(string set) =>
        new(this, NftMessageType.DeleteElement, NetlinkFlags.None, "delete elements of", set);

    /// <summary>Closes the frame; the batch is ready to be sent. Only the last request is acknowledged.</summary>
    /// <param name="isRehearsal">Leaves out the end: the kernel looks at all of it, and then undoes it (as for `nft --check`).</param>
    public void Close(bool isRehearsal = false)
    {
        Writer.AddFlags(_lastRequestStart, NetlinkFlags.Ack);
        if (isRehearsal)
        {
            return;
        }

        BeginFrame(NftMessageType.BatchEnd, LastSequence + 1);
        Writer.EndMessage();
    }

    /// <summary>What an error is about.</summary>
    public NetlinkException Explain(NetlinkError error)
    {
        var index = (long)error.Sequence - _firstSequence - 1;
        var (operation, target) = index >= 0 && index < _requests.Count
            ? _requests[(int)index]
            : ("commit changes to", "");
        return new NetlinkException(
            operation, $"inet {_table} {target}".TrimEnd(), error.Errno, error.Message);
    }

    private void Begin(ushort type, NetlinkFlags flags, string operation, string target)
    {
        _requests.Add((operation, target));
        Writer.BeginMessage(type, flags, _firstSequence + (uint)_requests.Count);
        Writer.PutStruct(new NftHeader { Family = NftHeader.Inet });
        _lastRequestStart = Writer.LastMessageStart;
    }

    private void BeginFrame(ushort type, uint sequence)
    {
        Writer.BeginMessage(type, NetlinkFlags.None, sequence);
        Writer.PutStruct(new NftHeader { ResourceId = BinaryPrimitives.ReverseEndianness(Subsystem) });
    }

    /// <summary>Writes elements, then ends. Without elements it writes nothing.</summary>
    internal struct ElementList(NftBatch batch, ushort type, NetlinkFlags flags, string operation, string set)
    {
        private int _listStart = -1;

        /// <param name="key">The first or only key.</param>
        /// <param name="keyEnd">The last key, inclusive, of a range in a concatenation; else empty.</param>
        /// <param name="isIntervalEnd">True for the octets after a single-field range: it ends just before.</param>
        /// <param name="verdict">A map's value.</param>
        public void Add(
            ReadOnlySpan<byte> key, ReadOnlySpan<byte> keyEnd = default, bool isIntervalEnd = false,
            NftVerdict? verdict = null)
        {
            if (_listStart >= 0 && batch.Writer.Length - _listStart > MaxListLength)
            {
                End();
            }

            if (_listStart < 0)
            {
                batch.Begin(type, flags, operation, set);
                NftElementCodec.WriteKey(batch.Writer, batch._table, set);
                _listStart = NftElementCodec.BeginList(batch.Writer);
            }

            NftElementCodec.WriteElement(batch.Writer, key, keyEnd, isIntervalEnd, verdict);
        }

        /// <summary>Closes the last list.</summary>
        public void End()
        {
            if (_listStart >= 0)
            {
                batch.Writer.EndNested(_listStart);
                batch.Writer.EndMessage();
                _listStart = -1;
            }
        }
    }
}
