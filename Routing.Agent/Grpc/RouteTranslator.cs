using Routing.Agent.Grpc.Protocol;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Nlri;
using ExplainedAdvertisement = Routing.Agent.Grpc.Protocol.ExplainedAdvertisement;
using ExplainedPath = Routing.Agent.Grpc.Protocol.ExplainedPath;
using ExplainedPathAdvertisement = Routing.Agent.Grpc.Protocol.ExplainedPathAdvertisement;

namespace Routing.Agent.Grpc;

/// <summary>Routes and their explanations as messages.</summary>
internal static class RouteTranslator
{
    public static RoutePath Translate(Prefix prefix, PathStatus path)
    {
        var result = new RoutePath
        {
            Prefix = prefix.ToString(),
            Best = path.IsBest,
            Multipath = path.IsMultipath,
            Candidate = path.IsCandidate,
            Local = path.IsLocal,
            NextHop = path.NextHop?.ToString() ?? "",
            Peer = path.Peer ?? "",
            PathId = path.PathId,
            AsPath = path.AsPath,
            Origin = path.Origin,
            Reason = path.Reason.ToString(),
            Stale = path.IsStale,
            AgeSeconds = path.Age.TotalSeconds,
            OriginatorId = path.OriginatorId?.ToString() ?? "",
            OriginValidation = path.OriginValidity?.ToString() ?? "",
            AspaValidation = path.PathValidity?.ToString() ?? "",
        };
        result.Communities.AddRange(path.Communities);
        result.LargeCommunities.AddRange(path.LargeCommunities);
        result.ExtendedCommunities.AddRange(path.ExtendedCommunities);
        result.ClusterList.AddRange(path.ClusterList.Select(each => each.ToString()));
        result.OtherAttributes.AddRange(path.Others);
        result.Policy.AddRange(path.Policy.Select(Translate));
        if (path.LocalPref is { } localPref)
        {
            result.LocalPref = localPref;
        }

        if (path.MultiExitDisc is { } med)
        {
            result.MultiExitDisc = med;
        }

        return result;
    }

    public static ExplainReply Translate(RouteExplanation explanation)
    {
        var reply = new ExplainReply
        {
            Prefix = explanation.Prefix.ToString(),
            DecidedBy = explanation.DecidedBy?.ToString() ?? "",
        };
        reply.Paths.AddRange(explanation.Paths.Select(each => new ExplainedPath
        {
            Path = Translate(explanation.Prefix, each.Path),
            LostTo = each.LostTo ?? "",
            Comparison = each.Comparison,
        }));
        foreach (var each in explanation.Advertisements)
        {
            var advertisement = new ExplainedAdvertisement
            {
                Peer = each.Peer,
                Advertised = each.State == AdvertisementState.Advertised,
                Reason = Reason(each.State, each.Verdict),
                Sent = each.Sent is null ? null : Translate(explanation.Prefix, each.Sent),
            };
            advertisement.Policy.AddRange(each.Policy.Select(Translate));
            advertisement.Paths.AddRange(each.Paths.Select(path => Translate(explanation.Prefix, path)));
            reply.Advertisements.Add(advertisement);
        }

        return reply;
    }

    private static ExplainedPathAdvertisement Translate(Prefix prefix, Bgp.Rib.Views.ExplainedPathAdvertisement path)
    {
        var result = new ExplainedPathAdvertisement
        {
            From = path.From ?? "local",
            PathId = path.PathId,
            Advertised = path.State == AdvertisementState.Advertised,
            Reason = Reason(path.State, path.Verdict),
            Sent = path.Sent is null ? null : Translate(prefix, path.Sent),
        };
        result.Policy.AddRange(path.Policy.Select(Translate));
        return result;
    }

    private static string Reason(AdvertisementState state, ExportVerdict verdict) =>
        state == AdvertisementState.KeptBack ? verdict.ToString() : state.ToString();

    private static PolicyStep Translate(PolicyStepStatus step)
    {
        var result = new PolicyStep { Rule = step.Rule, Action = step.Action.ToString() };
        result.Changes.AddRange(step.Changes);
        return result;
    }
}
