using Routing.Agent.Namespaces;
using Routing.Agent.Native;

namespace Routing.Agent.Netlink.Nftables;

/// <summary>nf_tables in one network namespace: reads a table of the family inet, and commits batches to it. Not
/// thread-safe.</summary>
internal sealed class NftNetlink : IDisposable
{
    private const ushort TableName = 1, TableFlags = 2, TableHandle = 4, GenerationId = 1; // NFTA_TABLE_*, NFTA_GEN_ID
    private const uint Dormant = 1; // NFT_TABLE_F_DORMANT

    /// <summary>Octets of a buffer that is kept for the next batch.</summary>
    private const int KeptBuffer = 2 << 20;

    private readonly NetlinkSocket _socket = new(NetlinkProtocol.Netfilter);
    private readonly NetlinkWriter _writer = new();
    private readonly NetlinkWriter _batch = new(); // one for all batches: a buffer for each would be most of what a commit allocates
    private readonly string _table;

    private NftNetlink(string table) => _table = table;

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    public static NftNetlink Open(string table) => new(table);

    /// <summary>Opens a socket in a network namespace.</summary>
    public static NftNetlink Open(NetworkNamespace inside, string table) => inside.Run(() => Open(table));

    /// <summary>The port that notifications about our own changes carry.</summary>
    public uint PortId => _socket.PortId;

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>The number of changes that were committed in the namespace, in any table.</summary>
    public uint ReadGeneration()
    {
        var generation = 0u;
        BeginGet(NftMessageType.GetGeneration, _socket.NextSequence());
        Ask("read generation", (in message) =>
        {
            if (message.TryReadStruct<NftHeader>(out _, out var attributes)
                && attributes.TryRead(out var attribute) && attribute.Type == GenerationId)
            {
                generation = attribute.U32BigEndian;
            }
        });
        return generation;
    }

    /// <summary>Whether the table is there, and whether its chains see packets.</summary>
    public NftTableState FindTable() => FindTable(out _);

    /// <summary>Likewise.</summary>
    /// <param name="handle">The table's number, which is no other's: those of its rules and sets begin anew with another table. 0 before
    /// Linux 4.16.</param>
    public NftTableState FindTable(out ulong handle)
    {
        var (flags, number) = (0u, 0ul);
        BeginGet(NftMessageType.GetTable, _socket.NextSequence());
        _writer.PutString(TableName, _table);
        var found = Ask("find table", (in message) =>
        {
            message.TryReadStruct<NftHeader>(out _, out var attributes);
            while (attributes.TryRead(out var attribute))
            {
                flags = attribute.Type == TableFlags ? attribute.U32BigEndian : flags;
                number = attribute.Type == TableHandle ? attribute.U64BigEndian : number;
            }
        });
        handle = number;
        return !found ? NftTableState.Missing : (flags & Dormant) != 0 ? NftTableState.Dormant : NftTableState.Active;
    }

    /// <summary>The chains of the table.</summary>
    public List<NftChain> ListChains()
    {
        BeginGet(NftMessageType.GetChain, 0);
        return Dump("list chains", (in NetlinkMessage message, out NftChain chain) =>
            NftChainCodec.TryDecode(in message, _table, out chain));
    }

    /// <summary>The rules of the table, chain by chain, each chain's in order.</summary>
    public List<NftRule> ListRules()
    {
        BeginGet(NftMessageType.GetRule, 0);
        NftRuleCodec.WriteKey(_writer, _table, null);
        return Dump("list rules", (in NetlinkMessage message, out NftRule rule) =>
            NftRuleCodec.TryDecode(in message, _table, out rule));
    }

    /// <summary>What rules that count have counted.</summary>
    /// <param name="chain">Of this chain; null for the whole table.</param>
    public List<NftRuleCount> ListCounts(string? chain = null)
    {
        BeginGet(NftMessageType.GetRule, 0);
        NftRuleCodec.WriteKey(_writer, _table, chain);
        var rules = Dump("list counters", (in NetlinkMessage message, out (NftRule Rule, long Packets, long Octets) count) =>
            NftRuleCodec.TryDecodeCount(in message, _table, out count));
        return
        [
            .. rules.GroupBy(one => one.Rule.Chain, StringComparer.Ordinal)
                .SelectMany(rules => rules.Index())
                .Where(one => one.Item.Packets >= 0)
                .Select(one => new NftRuleCount(one.Item.Rule, one.Index, one.Item.Packets, one.Item.Octets)),
        ];
    }

    /// <summary>The number of a set, which is no other's as long as the table lives; null when there is no such set.</summary>
    public ulong? FindSet(string set)
    {
        ulong? handle = null;
        BeginGet(NftMessageType.GetSet, _socket.NextSequence());
        NftSetCodec.WriteKey(_writer, _table, set);
        Ask($"find set {set}", (in message) => handle = NftSetCodec.ReadHandle(in message));
        return handle;
    }

    /// <summary>The named sets and maps of the table.</summary>
    public List<NftSet> ListSets()
    {
        BeginGet(NftMessageType.GetSet, 0);
        NftSetCodec.WriteKey(_writer, _table, null);
        return Dump("list sets", (in NetlinkMessage message, out NftSet set) =>
            NftSetCodec.TryDecode(in message, _table, out set) && !set.Flags.HasFlag(NftSetFlags.Anonymous));
    }

    /// <summary>Reads the elements of a set or map.</summary>
    /// <param name="begin">Called before the first element, and again when the list has to be read anew.</param>
    public void ReadElements(string set, Action begin, NftElementHandler onElement)
    {
        BeginGet(NftMessageType.GetElement, 0);
        NftElementCodec.WriteKey(_writer, _table, set);
        _writer.EndMessage();
        _socket.Dump<bool>($"list elements of inet {_table} {set}", _writer, Decode, begin);

        bool Decode(in NetlinkMessage message, out bool nothing)
        {
            NftElementCodec.Read(in message, onElement);
            return nothing = false;
        }
    }

    /// <summary>Asks for one element of a set or map. Of an interval set: the start of the interval around the key or, with
    /// <paramref name="isIntervalEnd"/>, the first end at or after it.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryFindElement(string set, ReadOnlySpan<byte> key, bool isIntervalEnd, NftElementHandler onElement)
    {
        BeginGet(NftMessageType.GetElement, _socket.NextSequence());
        NftElementCodec.WriteKey(_writer, _table, set);
        var list = NftElementCodec.BeginList(_writer);
        NftElementCodec.WriteElement(_writer, key, default, isIntervalEnd, verdict: null);
        _writer.EndNested(list);
        return Ask($"find element of {set}", (in message) => NftElementCodec.Read(in message, onElement));
    }

    /// <summary>Begins a batch, in place of any that was begun before.</summary>
    /// <inheritdoc cref="NftBatch(string, uint?, uint, NetlinkWriter)"/>
    public NftBatch BeginBatch(uint? generation = null, string? table = null) =>
        new(table ?? _table, generation, _socket.NextSequence(), _batch);

    /// <summary>Commits a batch: the kernel makes all of its changes or none.</summary>
    /// <returns>Why it made none; empty when it made them.</returns>
    public IReadOnlyList<NetlinkException> TryCommit(NftBatch batch) => Send(batch, isRehearsal: false);

    /// <summary>Asks whether the kernel would commit a batch. Nothing changes, and nobody is told.</summary>
    /// <returns>Why it would not; empty when it would.</returns>
    public IReadOnlyList<NetlinkException> Rehearse(NftBatch batch) => Send(batch, isRehearsal: true);

    private IReadOnlyList<NetlinkException> Send(NftBatch batch, bool isRehearsal)
    {
        batch.Close(isRehearsal);
        _socket.SkipSequences(batch.LastSequence + 1);
        _socket.EnsureSendBuffer(batch.Writer.Length);
        var errors = new List<NetlinkError>();
        _socket.Exchange(batch.Writer, batch.FirstSequence, batch.LastSequence, firstEndsAll: true, errors, null);
        batch.Writer.Trim(KeptBuffer);
        return [.. errors.Select(batch.Explain)];
    }

    /// <summary>Commits a batch.</summary>
    /// <exception cref="NetlinkException">The kernel made none of the changes; the first of its reasons.</exception>
    public void Commit(NftBatch batch)
    {
        if (TryCommit(batch) is [var first, ..])
        {
            throw first;
        }
    }

    private void BeginGet(ushort type, uint sequence)
    {
        _writer.Clear();
        _writer.BeginMessage(type, NetlinkFlags.None, sequence);
        _writer.PutStruct(new NftHeader { Family = NftHeader.Inet });
    }

    private List<T> Dump<T>(string operation, NetlinkDecoder<T> decode)
    {
        _writer.EndMessage();
        return _socket.Dump($"{operation} of inet {_table}", _writer, decode);
    }

    /// <returns>False when the thing asked for is not there.</returns>
    private bool Ask(string operation, NetlinkHandler? onAnswer)
    {
        _writer.EndMessage();
        var errors = new List<NetlinkError>();
        _socket.Execute(_writer, errors, onAnswer);
        return errors switch
        {
            [] => true,
            [{ Errno: Errno.NoSuchEntry }] => false,
            [var error, ..] => throw new NetlinkException(operation, $"inet {_table}", error.Errno, error.Message),
        };
    }
}
