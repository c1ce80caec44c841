using System.Net;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Compile;
using Routing.Bgp.RoutePolicy.Reference;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using RouteModel = Routing.Tests.Bgp.Rib.RouteModel;

namespace Routing.Tests.Bgp.RoutePolicy;

/// <summary>Runs a filter over one route, compiled and interpreted, and expects the same of both.</summary>
internal static class PolicyBench
{
    public static RouteScope Import { get; } = new()
    {
        Family = AfiSafi.IPv4Unicast,
        IsExport = false,
        PeerKind = PeerKind.External,
        Source = RouteSource.ExternalPeers,
        Interface = "eth0",
        OwnAsn = 65000,
        OwnAddress = Prefix.ToInteger(IPAddress.Parse("10.0.0.254")),
        PeerAddress = Prefix.ToInteger(IPAddress.Parse("10.0.0.1")),
    };

    public static RouteScope Export { get; } = Import with { IsExport = true, PeerAddress = 0 };

    public static RouteModel Model { get; } = new()
    {
        AsPath = [64501, 64502],
        NextHop = Prefix.ToInteger(IPAddress.Parse("10.0.0.1")),
        Communities = [(64501u << 16) | 1],
    };

    /// <summary>What both make of the route.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="prefix">The route's prefix.</param>
    /// <param name="canonical">Its attributes.</param>
    /// <param name="scope">Where it comes from.</param>
    /// <param name="origin">Origin validation.</param>
    /// <param name="path">Path verification.</param>
    public static PolicyTrace Run(
        RouteFilter filter,
        Prefix prefix,
        byte[] canonical,
        RouteScope scope,
        OriginValidity origin = OriginValidity.NotFound,
        PathValidity path = PathValidity.Unknown)
    {
        var before = Decode(canonical) with { OriginValidity = origin, PathValidity = path };
        var expected = ReferencePolicy.Evaluate(filter, before);
        if (filter.ProgramFor(scope.Family) is not { } program)
        {
            Assert.That((expected.IsAccepted, expected.Result), Is.EqualTo((true, before)), "nothing to do");
            return expected;
        }

        var editor = new AttributeEditor();
        var route = new RouteView { Scope = scope, OriginValidity = origin, PathValidity = path };
        var outcome = program.Run(program.ClassOf(prefix), ref route, canonical, editor);
        var decidedBy = outcome.Rule < 0 ? null : filter.Rules[outcome.Rule];
        Assert.That((outcome.IsAccepted, decidedBy), Is.EqualTo((expected.IsAccepted, expected.DecidedBy)));
        var after = Decode(outcome.IsChanged ? editor.Octets : canonical) with { OriginValidity = origin, PathValidity = path };
        Assert.That(after, Is.EqualTo(expected.Result));
        return expected;

        PolicyRoute Decode(ReadOnlySpan<byte> octets) => PolicyRoute.Decode(prefix, scope, octets);
    }

    /// <summary>The same with one rule over <see cref="Model"/>.</summary>
    public static PolicyTrace Run(RouteRule rule, RouteScope? scope = null, RouteModel? model = null, string prefix = "10.1.0.0/16") =>
        Run(new RouteFilter([rule]), P(prefix), (model ?? Model).ToCanonical(AfiSafi.IPv4Unicast), scope ?? Import);

    /// <summary>Attributes with communities of all kinds beside those of the model.</summary>
    public static byte[] Canonical(RouteModel model, AfiSafi family, IEnumerable<CommunityValue> communities, LocalAttribute local = default)
    {
        var editor = new AttributeEditor();
        editor.Load(model.ToCanonical(family));
        foreach (var community in communities)
        {
            editor.AddCommunities(CommunityMatcher.TypeOf(community.Kind), CommunityPatternTests.Octets(community));
        }

        local.WriteTo(editor);
        return editor.Octets.ToArray();
    }

    public static Prefix P(string text) => Prefix.TryParse(text, out var prefix) ? prefix : throw new ArgumentException(text);
}
