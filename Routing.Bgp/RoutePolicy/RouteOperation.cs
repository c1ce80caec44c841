using System.Net;
using Routing.Bgp.RoutePolicy.Sets;

namespace Routing.Bgp.RoutePolicy;

/// <summary>One change of a route. The names are those of the fields in a BGPFilter.</summary>
public abstract record RouteOperation
{
    private RouteOperation()
    {
    }

    /// <summary>Adds communities that are not there yet.</summary>
    public sealed record AddCommunities(Sequence<CommunityValue> Values) : RouteOperation;

    /// <summary>Deletes the communities that match any pattern.</summary>
    public sealed record DeleteCommunities(Sequence<CommunityPattern> Patterns) : RouteOperation;

    /// <summary>Replaces all communities of the kinds that the values have.</summary>
    public sealed record SetCommunities(Sequence<CommunityValue> Values) : RouteOperation;

    /// <summary>LOCAL_PREF.</summary>
    public sealed record SetLocalPref(uint Value) : RouteOperation;

    /// <summary>LOCAL_PREF up or down, no further than it goes; one that is missing is 100.</summary>
    public sealed record AddLocalPref(long Change) : RouteOperation;

    /// <summary>MULTI_EXIT_DISC. Set on export it is sent to other ASes as well.</summary>
    public sealed record SetMed(uint Value) : RouteOperation;

    /// <summary>MULTI_EXIT_DISC up or down, no further than it goes; one that is missing is 0.</summary>
    public sealed record AddMed(long Change) : RouteOperation;

    /// <summary>Takes MULTI_EXIT_DISC out.</summary>
    public sealed record RemoveMed : RouteOperation;

    /// <summary>ORIGIN.</summary>
    public sealed record SetOrigin(RouteOrigin Value) : RouteOperation;

    /// <summary>Puts AS numbers in front of the AS path, in this order. The path's own rules come after: an eBGP neighbour
    /// still sees our AS first.</summary>
    public sealed record PrependAsPath(Sequence<uint> Prefix) : RouteOperation;

    /// <summary>Puts our own AS number in front of the AS path so many times.</summary>
    public sealed record PrependOwnAs(int Count) : RouteOperation;

    /// <summary>NEXT_HOP; skipped for routes of the other family.</summary>
    public sealed record SetNextHop(IPAddress Value) : RouteOperation;

    /// <summary>NEXT_HOP becomes our own address on the session; skipped where we have none of the family.</summary>
    public sealed record SetNextHopSelf : RouteOperation;

    /// <summary>NEXT_HOP becomes the peer's address; skipped for routes of the other family.</summary>
    public sealed record SetNextHopPeer : RouteOperation;

    /// <summary>On export: NEXT_HOP stays what it is, also where it would become ours (RFC 4271 §5.1.3).</summary>
    public sealed record KeepNextHop : RouteOperation;

    /// <summary>The AIGP metric (RFC 7311).</summary>
    public sealed record SetAigp(ulong Value) : RouteOperation;

    /// <summary>Takes the AIGP attribute out.</summary>
    public sealed record RemoveAigp : RouteOperation;

    /// <summary>Weight: compared before LOCAL_PREF, the higher the better, never sent. Without one it is 0.</summary>
    public sealed record SetWeight(uint Value) : RouteOperation;

    /// <summary>Metric of the kernel route (Calico's word); never sent.</summary>
    public sealed record SetPriority(uint Value) : RouteOperation;
}
