using BenchmarkDotNet.Attributes;
using Routing.Bgp.Rib.Policies;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.AsPaths;
using Routing.Bgp.RoutePolicy.Compile;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Benchmarks.Bgp;

/// <summary>What a policy costs: the search for a prefix's class, which every route pays; and the rules, which are run once
/// for a set of attributes and a class.</summary>
[InProcess]
[MemoryDiagnoser]
[WarmupCount(3)]
[IterationCount(8)]
public class RoutePolicyBenchmark
{
    private const int Routes = 1024;
    private const int RoutesOfUpdate = 5;

    private readonly Prefix[] _prefixes = new Prefix[Routes];
    private readonly AttributeTable _attributes = new(new SpeakerIdentity(65000, 1, 1));
    private readonly AttributeEditor _editor = new();
    private byte[] _canonical = [];
    private int _set;
    private PolicyRun _run = null!;
    private PolicyProgram _set4 = null!;
    private PolicyProgram _rules4 = null!;
    private PolicyProgram _communities = null!;
    private PolicyProgram _asPaths = null!;
    private PolicyProgram _changes = null!;

    /// <summary>Prefixes in the set, rules of a prefix each, communities, or expressions.</summary>
    [Params(1, 10, 1000)]
    public int Entries { get; set; }

    private static RouteScope Scope { get; } = new()
    {
        Family = AfiSafi.IPv4Unicast,
        IsExport = false,
        PeerKind = PeerKind.External,
        Source = RouteSource.ExternalPeers,
        OwnAsn = 65000,
    };

    [GlobalSetup]
    public void SetUp()
    {
        var random = new Random(1);
        for (var i = 0; i < Routes; i++)
        {
            _prefixes[i] = Prefix.Create(AfiSafi.IPv4Unicast, (UInt128)(uint)random.Next(), 24);
        }

        _canonical = Attributes();
        _set = _attributes.Intern(_canonical, OctetHash.Compute(_canonical));
        _run = new PolicyRun(_attributes);
        var within = Enumerable.Range(0, Entries).Select(i => _prefixes[i % Routes])
            .Select(prefix => PrefixRange.OrLonger(Prefix.Create(prefix.Family, prefix.Address, 16))).Distinct().ToList();
        _set4 = Compile(Accept(new RouteMatch { Prefix = new PrefixCondition(within.ToSequence()) }), Reject);
        _rules4 = Compile(
            [.. within.Select(range => Accept(new RouteMatch { Prefix = new PrefixCondition([range]) })), Reject]);
        _communities = Compile(
            Accept(new RouteMatch
            {
                Communities = new CommunityCondition(
                    Enumerable.Range(1, Entries).Select(i => Pattern($"64999:{2 * i}")).ToSequence()),
            }),
            Reject);
        _asPaths = Compile(
            Accept(new RouteMatch
            {
                AsPath = new AsPathCondition
                {
                    Patterns = Enumerable.Range(1, Entries).Select(i => Expression($"_{100000 + i}$")).ToSequence(),
                },
            }),
            Reject);
        _changes = Compile(new RouteRule
        {
            Action = RuleAction.Accept,
            Operations =
            [
                new RouteOperation.SetLocalPref(200),
                new RouteOperation.AddCommunities([new CommunityValue(CommunityKind.Standard, 0xFDE80001)]),
            ],
        });
    }

    /// <summary>A route, one prefix set of so many entries.</summary>
    [Benchmark(OperationsPerInvoke = Routes)]
    public int PrefixSetPerRoute() => Classify(_set4);

    /// <summary>A route, so many rules with a prefix each.</summary>
    [Benchmark(OperationsPerInvoke = Routes)]
    public int PrefixRulesPerRoute() => Classify(_rules4);

    /// <summary>A set of attributes with eight communities, none of which is among so many patterns.</summary>
    [Benchmark]
    public bool CommunitiesPerSet() => Run(_communities);

    /// <summary>A set of attributes with a path of five, which none of so many expressions matches.</summary>
    [Benchmark]
    public bool AsPathsPerSet() => Run(_asPaths);

    /// <summary>An UPDATE of five routes whose attributes are changed and interned.</summary>
    [Benchmark]
    public int ChangedUpdate()
    {
        _run.Begin(_changes, Scope, _set);
        var sum = 0;
        for (var i = 0; i < RoutesOfUpdate; i++)
        {
            sum += _run.Judge(_prefixes[i]).Attributes;
        }

        _run.Release();
        return sum;
    }

    private static RouteRule Reject { get; } = new() { Action = RuleAction.Reject };

    private static RouteRule Accept(RouteMatch match) => new() { Action = RuleAction.Accept, Match = match };

    private static PolicyProgram Compile(params RouteRule[] rules) =>
        new RouteFilter(rules.ToSequence()).ProgramFor(AfiSafi.IPv4Unicast)!;

    private static CommunityPattern Pattern(string text) =>
        CommunityPattern.TryParse(text, out var pattern, out var allowed) ? pattern : throw new ArgumentException(allowed);

    private static AsPathPattern Expression(string text) =>
        AsPathPattern.TryParse(text, out var pattern, out var error) ? pattern : throw new ArgumentException(error);

    private int Classify(PolicyProgram program)
    {
        var sum = 0;
        foreach (var prefix in _prefixes)
        {
            sum += program.ClassOf(prefix);
        }

        return sum;
    }

    private bool Run(PolicyProgram program)
    {
        var route = new RouteView { Scope = Scope };
        return program.Run(0, ref route, _canonical, _editor).IsAccepted;
    }

    /// <summary>What a route of the Internet has: a path of five and eight communities.</summary>
    private byte[] Attributes()
    {
        _editor.Load([]);
        _editor.SetOrigin(0);
        _editor.SetAsPath([]);
        for (uint asn = 5; asn > 0; asn--)
        {
            _editor.PrependAs(64500 + asn);
        }

        _editor.SetNextHop([10, 0, 0, 1]);
        for (uint value = 1; value <= 8; value++)
        {
            _editor.AddCommunity(((64500 + value) << 16) | value);
        }

        return _editor.Octets.ToArray();
    }
}
