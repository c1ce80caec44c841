using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Import;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Bgp.Wire.Updates;

namespace Routing.Bgp.Speaker;

/// <summary>What a speaker's and a neighbour's configuration together mean for AS numbers and attributes.</summary>
internal static class PeerProfiles
{
    /// <summary>Where the neighbour is.</summary>
    public static PathSourceKind KindOf(SpeakerConfig speaker, PeerConfig peer) =>
        peer.Asn == speaker.Asn ? PathSourceKind.Internal
        : speaker.Confederation?.Members.Contains(peer.Asn) == true ? PathSourceKind.Confederation
        : PathSourceKind.External;

    /// <summary>The AS that the neighbour knows us by: our own inside the confederation, else its identifier or ours (RFC
    /// 5065 §4), or a local-as.</summary>
    public static uint LocalAsn(SpeakerConfig speaker, PeerConfig peer) =>
        KindOf(speaker, peer) == PathSourceKind.External
            ? peer.AsPath.LocalAs?.Asn ?? PublicAsn(speaker)
            : speaker.Asn;

    /// <summary>The AS that the world knows us by.</summary>
    public static uint PublicAsn(SpeakerConfig speaker) => speaker.Confederation?.Identifier ?? speaker.Asn;

    /// <summary>What becomes of the attributes the neighbour is sent.</summary>
    public static ExportProfile Export(SpeakerConfig speaker, PeerConfig peer)
    {
        var kind = KindOf(speaker, peer);
        var profile = new ExportProfile
        {
            Kind = kind,
            NextHop = peer.Attributes.NextHop,
            Communities = peer.Attributes.SendCommunities,
            SendsAigp = CarriesAigp(kind, peer),
            ClusterId = ClusterId(peer),
            ClientsAreMeshed = kind == PathSourceKind.Internal && peer.RouteReflectorClient && !speaker.ReflectsBetweenClients,
        };
        return kind == PathSourceKind.External ? ToOutside(profile, speaker, peer) : profile;
    }

    /// <summary>The cluster of a client; 0 for the speaker's own.</summary>
    public static uint ClusterId(PeerConfig peer) =>
        peer is { RouteReflectorClient: true, ClusterId: { } id } ? (uint)Prefix.ToInteger(id) : 0;

    /// <summary>What becomes of the attributes the neighbour sends.</summary>
    public static ImportProfile Import(SpeakerConfig speaker, PeerConfig peer)
    {
        var isExternal = KindOf(speaker, peer) == PathSourceKind.External;
        var localAs = isExternal ? peer.AsPath.LocalAs : null;
        return new ImportProfile
        {
            AllowedOwnAsns = peer.AsPath.AllowedOwnAsns,
            LocalAsn = localAs?.Asn ?? 0,
            PrependsLocalAsn = localAs is { NoPrepend: false },
            Role = isExternal ? peer.Relation.Role : null,
            LacksPolicy = isExternal && speaker.ExternalRequiresPolicy && peer.Import.Rules.IsEmpty,
            HonoursGracefulShutdown = peer.Attributes.HonourGracefulShutdown,
            HonoursBlackhole = peer.Attributes.HonourBlackhole,
            AigpCost = peer.Attributes.AigpCost,
        };
    }

    /// <summary>What is demanded of the neighbour's UPDATEs.</summary>
    public static UpdateRules Rules(SpeakerConfig speaker, PeerConfig peer)
    {
        var kind = KindOf(speaker, peer);
        return new UpdateRules
        {
            IsInConfederation = speaker.Confederation is not null && kind != PathSourceKind.External,
            IsOtherMember = kind == PathSourceKind.Confederation,
            FirstAsn = EnforcesFirstAs(kind, peer) ? peer.Asn : 0,
            AcceptsAsSets = peer.AsPath.AcceptAsSets,
            AcceptsAigp = CarriesAigp(kind, peer),
            MaximumUnknownAttributes = peer.Attributes.MaximumUnknownAttributes,
        };
    }

    /// <summary>RFC 4271 §6.3 lets us; a route server's paths begin with its clients' ASes (RFC 7947 §2.2.2).</summary>
    public static bool EnforcesFirstAs(PathSourceKind kind, PeerConfig peer) => peer.AsPath.EnforceFirstAs
        ?? (kind == PathSourceKind.External && peer.Relation.Role != PeerRole.RouteServerClient);

    /// <summary>RFC 7311 §3.3: enabled by default inside the AS and the confederation only.</summary>
    public static bool CarriesAigp(PathSourceKind kind, PeerConfig peer) =>
        peer.Attributes.Aigp ?? kind != PathSourceKind.External;

    private static ExportProfile ToOutside(ExportProfile profile, SpeakerConfig speaker, PeerConfig peer)
    {
        var (publicAsn, path, relation) = (PublicAsn(speaker), peer.AsPath, peer.Relation);
        var removesPrivate = path.RemovePrivateAs != PrivateAsScope.None;
        return profile with
        {
            LacksPolicy = speaker.ExternalRequiresPolicy && peer.Export.Rules.IsEmpty,
            IsRouteServerClient = relation.RouteServerClient,
            PrependedAsn = relation.RouteServerClient ? 0 : path.LocalAs?.Asn ?? publicAsn,
            HiddenAsn = path.LocalAs is { ReplaceAs: false } && !relation.RouteServerClient ? publicAsn : 0,
            OverriddenAsn = path.AsOverride && !relation.RouteServerClient ? peer.Asn : 0,
            RemovedPrivateAs = path.RemovePrivateAs,
            PrivateAsReplacement = removesPrivate && path.ReplacePrivateAs ? publicAsn : 0,
            KeptAsn = removesPrivate && AsPathEdits.IsPrivate(peer.Asn) ? peer.Asn : 0,
            Role = relation.Role,
            OnlyToCustomerAsn = relation.Role is null ? 0 : publicAsn,
        };
    }
}
