using System.Diagnostics;

namespace Routing.Agent.Netlink.Route;

/// <summary>Writes a <see cref="RouteChange"/> as the request, or the requests, that make it.</summary>
internal static class RouteChangeWriter
{
    /// <param name="nextSequence">Called once for each request.</param>
    public static void Write(NetlinkWriter writer, Func<uint> nextSequence, RouteChange change)
    {
        switch (change)
        {
            case RouteChange.AddVeth veth:
                LinkCodec.WriteAddVeth(writer, nextSequence(), veth.Spec);
                break;
            case RouteChange.SetLink link:
                LinkCodec.WriteChange(writer, nextSequence, link.IfIndex, link.Change);
                break;
            case RouteChange.RemoveLink link:
                LinkCodec.WriteRemove(writer, nextSequence(), link.Name);
                break;
            case RouteChange.AddAddress address:
                AddressCodec.WriteAdd(writer, nextSequence(), address.Address);
                break;
            case RouteChange.RemoveAddress address:
                AddressCodec.WriteRemove(writer, nextSequence(), address.Address);
                break;
            case RouteChange.PutRoute route:
                RouteCodec.WritePut(writer, nextSequence(), route.Route);
                break;
            case RouteChange.RemoveRoute route:
                RouteCodec.WriteRemove(writer, nextSequence(), route.Route);
                break;
            case RouteChange.PutNeighbour neighbour:
                NeighbourCodec.WritePut(writer, nextSequence(), neighbour.Neighbour);
                break;
            case RouteChange.RemoveNeighbour neighbour:
                NeighbourCodec.WriteRemove(writer, nextSequence(), neighbour.Neighbour);
                break;
            case RouteChange.AddRule rule:
                RuleCodec.WriteAdd(writer, nextSequence(), rule.Rule);
                break;
            case RouteChange.RemoveRule rule:
                RuleCodec.WriteRemove(writer, nextSequence(), rule.Rule);
                break;
            default:
                throw new UnreachableException($"{change.GetType().Name} has no request.");
        }
    }
}
