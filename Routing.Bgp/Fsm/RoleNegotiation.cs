using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Fsm;

/// <summary>Compares what both sides say they are to each other (RFC 9234 §4.2); between ASes only.</summary>
internal static class RoleNegotiation
{
    /// <summary>The error that ends the session; null when the roles go together.</summary>
    public static DecodeError? Check(LocalOpen local, OpenMessage peer)
    {
        var theirs = peer.Capabilities.OfType<RoleCapability>().Select(capability => capability.Role).Distinct().ToList();
        if (local.Role is not { } ours)
        {
            return null;
        }

        return theirs switch
        {
            [] when local.StrictRole => DecodeError.RoleMismatch($"we are {ours} and the peer does not say what it is"),
            [] => null,
            [var role] when role == CounterpartOf(ours) => null,
            [var role] => DecodeError.RoleMismatch($"we are {ours}, so the peer must be {CounterpartOf(ours)}, not {role}"),
            _ => DecodeError.RoleMismatch($"the peer says it is {string.Join(" and ", theirs)}"),
        };
    }

    /// <summary>What the peer of a speaker with a role is.</summary>
    public static PeerRole CounterpartOf(PeerRole role) => role switch
    {
        PeerRole.Provider => PeerRole.Customer,
        PeerRole.Customer => PeerRole.Provider,
        PeerRole.RouteServer => PeerRole.RouteServerClient,
        PeerRole.RouteServerClient => PeerRole.RouteServer,
        _ => PeerRole.Peer,
    };
}
