using System.Net;
using CsCheck;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.AsPaths;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Iana;
using RouteModel = Routing.Tests.Bgp.Rib.RouteModel;

namespace Routing.Tests.Bgp.RoutePolicy;

/// <summary>Whatever the filter and whatever the route, the compiled program does what the reference interpreter
/// does.</summary>
[TestFixture]
internal sealed class PolicyPropertyTests
{
    private static readonly Gen<uint> Small = Gen.UInt[0, 4];

    private static readonly Gen<ValueRange> Range = Gen.Select(Small, Small, (a, b) => new ValueRange(Math.Min(a, b), Math.Max(a, b)));

    private static readonly Gen<AsPathCondition> AsPath = Gen.Select(
        AsPathPatternTests.Expressions(1).Select(AsPathPatternTests.Parse).Array[0, 2],
        Gen.UInt[1, 3].Array[0, 2],
        Range.Array[0, 1],
        Range.Array[0, 1],
        Range.Nullable(),
        (patterns, prefix, origins, neighbors, length) => new AsPathCondition
        {
            Patterns = patterns.ToSequence(),
            Prefix = prefix.ToSequence(),
            OriginAsns = origins.ToSequence(),
            NeighborAsns = neighbors.ToSequence(),
            Length = length,
        });

    private static readonly Gen<RouteMatch> Match = Gen.Select(
        Gen.Select(
            Gen.Select(
                PrefixClassifierTests.Ranges.Array[1, 3],
                Gen.Bool,
                (ranges, negated) => new PrefixCondition(ranges.ToSequence(), negated)).Null(),
            Gen.Enum<RouteSource>().Nullable(),
            Gen.Enum<PeerKind>().Nullable(),
            Gen.OneOf("eth*", "*1", "lo").Null()),
        Gen.Select(
            Gen.Select(
                CommunityPatternTests.Patterns.Select(CommunityPatternTests.Parse).Array[1, 3],
                Gen.Enum<CommunityQuantifier>(),
                (patterns, quantifier) => new CommunityCondition(patterns.ToSequence(), quantifier)).Null(),
            AsPath.Null(),
            PrefixClassifierTests.Prefixes.Array[0, 2]),
        Gen.Select(Range.Nullable(), Range.Nullable(), Gen.Enum<RouteOrigin>().Array[0, 2], Range.Nullable()),
        Gen.Select(Gen.Enum<OriginValidity>().Array[0, 2], Gen.Enum<PathValidity>().Array[0, 2]),
        Gen.Int[0, 12],
        (where, content, numbers, states, kept) => Keep(
            new RouteMatch
            {
                Prefix = where.Item1,
                Source = where.Item2,
                PeerKind = where.Item3,
                Interface = where.Item4,
                Communities = content.Item1,
                AsPath = content.Item2,
                NextHops = content.Item3.ToSequence(),
                Med = numbers.Item1,
                LocalPref = numbers.Item2,
                Origins = numbers.Item3.ToSequence(),
                Priority = numbers.Item4,
                OriginValidation = states.Item1.ToSequence(),
                PathVerification = states.Item2.ToSequence(),
            },
            kept));

    private static readonly Gen<RouteOperation> Operation = Gen.OneOf<RouteOperation>(
        CommunityPatternTests.Values.Array[1, 3].Select(values => (RouteOperation)new RouteOperation.AddCommunities(values.ToSequence())),
        CommunityPatternTests.Values.Array[1, 3].Select(values => (RouteOperation)new RouteOperation.SetCommunities(values.ToSequence())),
        CommunityPatternTests.Patterns.Select(CommunityPatternTests.Parse).Array[1, 3]
            .Select(patterns => (RouteOperation)new RouteOperation.DeleteCommunities(patterns.ToSequence())),
        Small.Select(value => (RouteOperation)new RouteOperation.SetLocalPref(value)),
        Gen.Long[-3, 3].Select(change => (RouteOperation)new RouteOperation.AddLocalPref(change)),
        Small.Select(value => (RouteOperation)new RouteOperation.SetMed(value)),
        Gen.Long[-3, 3].Select(change => (RouteOperation)new RouteOperation.AddMed(change)),
        Gen.Enum<RouteOrigin>().Select(value => (RouteOperation)new RouteOperation.SetOrigin(value)),
        Gen.UInt[1, 3].Array[1, 3].Select(prefix => (RouteOperation)new RouteOperation.PrependAsPath(prefix.ToSequence())),
        Gen.Int[1, 3].Select(count => (RouteOperation)new RouteOperation.PrependOwnAs(count)),
        Gen.OneOf("0.0.0.1", "255.0.0.1", "2001:db8::1").Select(
            address => (RouteOperation)new RouteOperation.SetNextHop(IPAddress.Parse(address))),
        Small.Select(value => (RouteOperation)new RouteOperation.SetAigp(value)),
        Small.Select(value => (RouteOperation)new RouteOperation.SetWeight(value)),
        Small.Select(value => (RouteOperation)new RouteOperation.SetPriority(value)),
        Gen.OneOf<RouteOperation>(
            new RouteOperation.RemoveMed(),
            new RouteOperation.SetNextHopSelf(),
            new RouteOperation.SetNextHopPeer(),
            new RouteOperation.KeepNextHop(),
            new RouteOperation.RemoveAigp()));

    private static readonly Gen<RouteFilter> Filter = Gen.Select(
        Match, Operation.Array[0, 3], Gen.Enum<RuleAction>(), Gen.OneOf<AfiSafi?>(null, AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast),
        (match, operations, action, family) => new RouteRule
        {
            Match = match,
            Operations = action == RuleAction.Reject ? [] : operations.ToSequence(),
            Action = action,
            Family = family,
        }).Array[0, 6].Select(rules => new RouteFilter(rules
            .Select((rule, index) => rule with { Place = new RulePlace("f", "importV4", index) })
            .ToSequence()));

    private static readonly Gen<RouteModel> Model = Gen.Select(
        Gen.Byte[0, 2], Gen.UInt[1, 4].Array[0, 5], Small.Nullable(), Small.Nullable(), Gen.Int[0, 3],
        (origin, path, med, localPref, nextHop) => new RouteModel
        {
            Origin = origin,
            AsPath = [.. path],
            Med = med,
            LocalPref = localPref,
            NextHop = (UInt128)(uint)nextHop << 28,
        });

    private static readonly Gen<RouteScope> Scope = Gen.Select(
        Gen.Bool, Gen.Enum<PeerKind>(), Gen.OneOf(RouteSource.Local, RouteSource.ExternalPeers, RouteSource.InternalPeers),
        Gen.OneOf("eth0", "eth1", "lo").Null(), Gen.UInt[0, 1],
        (isExport, kind, source, name, address) => PolicyBench.Import with
        {
            IsExport = isExport,
            PeerKind = kind,
            Source = source,
            Interface = name,
            OwnAddress = address,
            PeerAddress = isExport ? 0 : PolicyBench.Import.PeerAddress,
        });

    [Test]
    public void The_program_agrees_with_the_reference() => Gen.Select(
        Filter,
        PrefixClassifierTests.Prefixes,
        Model,
        CommunityPatternTests.Values.Array[0, 4],
        Gen.Select(Scope, Gen.Enum<OriginValidity>(), Gen.Enum<PathValidity>(), Small)).Sample(
            (filter, prefix, model, communities, where) =>
            {
                var (scope, origin, path, weight) = where;
                var local = new LocalAttribute(weight > 2 ? LocalTraits.HasPriority : LocalTraits.None, weight, weight > 2 ? weight : 0);
                var canonical = PolicyBench.Canonical(model, prefix.Family, communities, local);
                PolicyBench.Run(filter, prefix, canonical, scope with { Family = prefix.Family }, origin, path);
            },
            iter: 8_000);

    [Test]
    public void Equal_filters_are_equal_wherever_they_were_written() => Filter.Sample(
        filter =>
        {
            var moved = new RouteFilter(filter.Rules.Select(rule => rule with { Place = rule.Place! with { File = "b", Line = 7 } }).ToSequence());
            Assert.That((moved, moved.GetHashCode()), Is.EqualTo((filter, filter.GetHashCode())));
        },
        iter: 200);

    /// <summary>One or two conditions of many: a rule with all of them would match nothing.</summary>
    private static RouteMatch Keep(RouteMatch match, int kept) => new()
    {
        Prefix = kept is 0 or 1 or 2 or 3 ? match.Prefix : null,
        Source = kept is 4 ? match.Source : null,
        PeerKind = kept is 5 ? match.PeerKind : null,
        Interface = kept is 6 ? match.Interface : null,
        Communities = kept is 1 or 7 or 8 ? match.Communities : null,
        AsPath = kept is 2 or 8 or 9 ? match.AsPath : null,
        NextHops = kept is 10 ? match.NextHops : [],
        Med = kept is 3 or 11 ? match.Med : null,
        LocalPref = kept is 11 ? match.LocalPref : null,
        Origins = kept is 4 ? match.Origins : [],
        Priority = kept is 5 ? match.Priority : null,
        OriginValidation = kept is 6 or 12 ? match.OriginValidation : [],
        PathVerification = kept is 12 ? match.PathVerification : [],
    };
}
