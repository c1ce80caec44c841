namespace Routing.Tests.Fakes;

/// <summary>Everything <see cref="FakeRouteNetlink"/> can be told to refuse.</summary>
internal enum RouteOperation
{
    ListLinks,
    FindLink,
    ListAddresses,
    ListRoutes,
    ListNeighbours,
    ListRules,
    AddVeth,
    SetLink,
    RemoveLink,
    AddAddress,
    RemoveAddress,
    PutRoute,
    RemoveRoute,
    PutNeighbour,
    RemoveNeighbour,
    AddRule,
    RemoveRule,
}
