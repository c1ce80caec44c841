using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Routing.Benchmarks.Bgp.Load;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Bgp.Wire.Updates;

namespace Routing.Benchmarks.Bgp;

/// <summary>What a route costs on its way through: each benchmark's time is for one attribute set, or for one prefix, as its
/// name says.</summary>
[MemoryDiagnoser]
public class RouteBenchmarks
{
    private const int Sets = 2000;
    private const int PrefixesPerSet = 5;
    private const int Prefixes = Sets * PrefixesPerSet;
    private const int BatchSets = 500;
    private const int Paths = 10;

    private static readonly PeerIndex Peer = new(1);
    private static readonly SpeakerIdentity Own = new(DaemonPlan.Asn, 1, 1);

    private readonly List<ReadOnlyMemory<byte>> _updates = [];
    private readonly AttributeTable _attributes = new(Own);
    private readonly AttributeTable _empty = new(Own);
    private readonly PathSources _sources = new();
    private readonly PathTable _paths = new();
    private readonly PrefixTable _prefixes = PrefixTable.Create(AfiSafi.IPv4Unicast);
    private readonly MessageBuffers _messages = new();
    private readonly int[] _sets = new int[Sets];
    private readonly int[] _rows = new int[Prefixes];
    private readonly byte[] _nlri = new byte[4 * Prefixes];
    private UpdateIntake _intake = null!;
    private UpdateBatch _batch = null!;
    private DecisionProcess _decision = null!;
    private UpdateEncoder _encoder = null!;
    private ExportKey _key = null!;
    private int _firstPath;

    [GlobalSetup]
    public void Setup()
    {
        var feed = new RouteFeed(PeerPlan.External("sender", 1), 0, Prefixes).Announce().AsMemory();
        for (; !feed.IsEmpty; feed = feed[BinaryPrimitives.ReadUInt16BigEndian(feed.Span[16..])..])
        {
            _updates.Add(feed[19..BinaryPrimitives.ReadUInt16BigEndian(feed.Span[16..])]);
        }

        _intake = NewIntake();
        var first = NewIntake();
        foreach (var update in _updates[..BatchSets])
        {
            first.Add(update.Span, out _);
        }

        _batch = first.TakeBatch();
        Intern_a_known_set();
        for (var i = 0; i < Prefixes; i++)
        {
            var octets = _nlri.AsSpan(4 * i);
            BinaryPrimitives.WriteInt32BigEndian(octets, (24 << 24) | (RouteFeed.FirstPrefix + i));
            _rows[i] = _prefixes.FindOrAdd(Prefix.Create(AfiSafi.IPv4Unicast, (uint)(RouteFeed.FirstPrefix + i) << 8, 24));
        }

        for (var i = 1; i <= Paths; i++)
        {
            _sources.Set(new PeerIndex((ushort)i), new PathSource(PathSourceKind.External, (uint)i, (uint)i, IsClient: false));
            _firstPath = _paths.Add(new PathEntry { Attributes = _sets[i], Peer = (ushort)i, Next = _firstPath }, 0);
        }

        _decision = new DecisionProcess(_paths, _attributes, _sources, new NextHopTable(_attributes, _sources));
        _encoder = new UpdateEncoder(_prefixes, _attributes, _sources, Own);
        var profile = new ExportProfile { Kind = PathSourceKind.External, PrependedAsn = DaemonPlan.Asn };
        var nextHop = Prefix.ToInteger(DaemonPlan.Address);
        _key = new ExportKey(profile, IsClient: false, nextHop, FourOctetAsn: true, RouteFilter.AcceptAll);
    }

    /// <summary>An UPDATE of five prefixes: split, judged, made canonical, hashed.</summary>
    [Benchmark(OperationsPerInvoke = Sets)]
    public void Decode_a_set()
    {
        foreach (var update in _updates)
        {
            if (_intake.IsFull)
            {
                UpdateBatchPool.Return(_intake.TakeBatch());
            }

            _intake.Add(update.Span, out _);
        }
    }

    [Benchmark(OperationsPerInvoke = Prefixes)]
    public int Decode_a_prefix()
    {
        var sum = 0;
        var cursor = new NlriCursor(AfiSafi.IPv4Unicast, _nlri);
        while (cursor.TryRead(out var prefix))
        {
            sum += prefix.Length;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Prefixes)]
    public int Find_a_prefix()
    {
        var sum = 0;
        var cursor = new NlriCursor(AfiSafi.IPv4Unicast, _nlri);
        while (cursor.TryRead(out var prefix))
        {
            sum += _prefixes.Find(prefix);
        }

        return sum;
    }

    /// <summary>The attributes of a batch, which the table has.</summary>
    [Benchmark(OperationsPerInvoke = BatchSets)]
    public void Intern_a_known_set() => Intern(_attributes, _sets);

    /// <summary>The attributes of a batch, stored and given up.</summary>
    [Benchmark(OperationsPerInvoke = BatchSets)]
    public void Intern_a_new_set_and_release_it()
    {
        Span<int> sets = stackalloc int[BatchSets];
        Intern(_empty, sets);
        foreach (var set in sets)
        {
            _empty.Release(set);
        }
    }

    /// <summary>The best of ten paths, as when a MED forbids to compare with the best alone.</summary>
    [Benchmark]
    public int Decide_among_ten() => _decision.SelectBest(_firstPath);

    /// <summary>The better of two, as when a path is added.</summary>
    [Benchmark]
    public bool Decide_between_two() => _decision.Beats(_firstPath, _paths[_firstPath].Next);

    /// <summary>An UPDATE of five prefixes.</summary>
    [Benchmark(OperationsPerInvoke = BatchSets)]
    public void Encode_a_set()
    {
        _messages.Begin(large: true);
        for (var i = 0; i < BatchSets; i++)
        {
            _encoder.TryAnnounce(
                _messages, _key, _sets[i], Peer, new RouteList(_rows.AsSpan(i * PrefixesPerSet, PrefixesPerSet), []));
        }

        _messages.End();
        _messages.Release();
    }

    /// <summary>Full messages of one set.</summary>
    [Benchmark(OperationsPerInvoke = Prefixes)]
    public void Encode_a_prefix()
    {
        _messages.Begin(large: true);
        _encoder.TryAnnounce(_messages, _key, _sets[0], Peer, new RouteList(_rows, []));
        _messages.End();
        _messages.Release();
    }

    [Benchmark(OperationsPerInvoke = Prefixes)]
    public void Encode_a_withdrawal()
    {
        _messages.Begin(large: true);
        _encoder.Withdraw(_messages, new RouteList(_rows, []));
        _messages.End();
        _messages.Release();
    }

    private static UpdateIntake NewIntake() =>
        new(Peer, new UpdateContext([AfiSafi.IPv4Unicast], isExternal: true, fourOctetAsn: true, []));

    private void Intern(AttributeTable table, Span<int> sets)
    {
        for (var i = 0; i < BatchSets; i++)
        {
            ref readonly var entry = ref _batch.Entries[i];
            sets[i] = table.Intern(
                _batch.Octets.AsSpan(entry.AttributesOffset, entry.AttributesLength), entry.AttributesHash);
        }
    }
}
