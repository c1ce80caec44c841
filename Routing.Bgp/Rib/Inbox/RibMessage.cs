using System.Collections.Immutable;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib.Inbox;

/// <summary>One message to the RIB's owner; a struct, so that the inbox allocates nothing for a batch.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Peer">About whom.</param>
/// <param name="Families">Retained for a peer that went down, or not any longer.</param>
/// <param name="Content">The <see cref="PeerUp"/>, <see cref="UpdateBatch"/>, RouteRefreshMessage or <see cref="RibRequest"/>.</param>
internal readonly record struct RibMessage(
    RibMessageKind Kind,
    PeerIndex Peer,
    object? Content = null,
    ImmutableArray<AfiSafi> Families = default);
