using System.Collections.Immutable;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Fsm;

/// <summary>What we say of ourselves in an OPEN to one peer.</summary>
internal sealed record LocalOpen
{
    /// <summary>Our AS.</summary>
    public required uint Asn { get; init; }

    /// <summary>Our BGP Identifier, host order.</summary>
    public required uint BgpIdentifier { get; init; }

    /// <summary>The hold time we propose: whole seconds, 0 or at least 3.</summary>
    public required TimeSpan HoldTime { get; init; }

    /// <summary>Families we offer.</summary>
    public required ImmutableArray<AfiSafi> Families { get; init; }

    /// <summary>Several paths of a prefix (RFC 7911), in all families; None leaves the capability out.</summary>
    public AddPathMode AddPath { get; init; }

    /// <summary>What we are to the peer (RFC 9234 §4.1); null says nothing.</summary>
    public PeerRole? Role { get; init; }

    /// <summary>The peer must say its role too (RFC 9234 §4.2).</summary>
    public bool StrictRole { get; init; }

    /// <summary>We honour the peer's filters on prefixes (RFC 5291 §5).</summary>
    public bool ReceivesFilters { get; init; }

    /// <summary>Families in which we send it filters.</summary>
    public ImmutableArray<AfiSafi> SendsFilters { get; init; } = [];

    /// <summary>Our restart time; zero leaves the graceful restart capability out.</summary>
    public TimeSpan RestartTime { get; init; }

    /// <summary>The N bit: RFC 8538.</summary>
    public bool NotificationRestart { get; init; }

    /// <summary>How long our routes may be kept past the restart time; zero leaves the capability out (RFC 9494
    /// §3.1).</summary>
    public TimeSpan LongLivedStaleTime { get; init; }

    /// <summary>The R bit: this is the first session with the peer after a restart that kept forwarding (RFC 4724
    /// §4.1).</summary>
    public bool RestartState { get; init; }

    /// <summary>The F bit of every family: our forwarding stood while the session was away.</summary>
    public bool ForwardingPreserved { get; init; }

    /// <summary>We take extended messages (RFC 8654).</summary>
    public bool ExtendedMessages { get; init; }

    /// <summary>We take IPv4 routes with IPv6 next hops (RFC 8950).</summary>
    public bool ExtendedNextHop { get; init; }

    /// <summary>Which way filters of a family would go.</summary>
    public OrfMode OrfModeOf(AfiSafi family) =>
        (ReceivesFilters ? OrfMode.Receive : OrfMode.None) | (SendsFilters.Contains(family) ? OrfMode.Send : OrfMode.None);

    /// <summary>The message.</summary>
    public OpenMessage ToMessage()
    {
        var capabilities = ImmutableArray.CreateBuilder<Capability>();
        foreach (var family in Families)
        {
            capabilities.Add(new MultiprotocolCapability(family));
        }

        capabilities.Add(new RouteRefreshCapability());
        capabilities.Add(new EnhancedRouteRefreshCapability());
        if (Role is { } role)
        {
            capabilities.Add(new RoleCapability(role));
        }

        if (ReceivesFilters || !SendsFilters.IsEmpty)
        {
            capabilities.Add(new OutboundFilterCapability([.. Families.Select(
                family => new OrfFamily(family, OrfModeOf(family))).Where(entry => entry.Mode != OrfMode.None)]));
        }

        capabilities.Add(new FourOctetAsnCapability(Asn));
        if (ExtendedNextHop && Families.Contains(AfiSafi.IPv4Unicast))
        {
            capabilities.Add(new ExtendedNextHopCapability([AfiSafi.IPv4Unicast]));
        }

        if (ExtendedMessages)
        {
            capabilities.Add(new ExtendedMessageCapability());
        }

        if (AddPath != AddPathMode.None)
        {
            capabilities.Add(new AddPathCapability([.. Families.Select(family => new AddPathFamily(family, AddPath))]));
        }

        if (RestartTime > TimeSpan.Zero)
        {
            capabilities.Add(new GracefulRestartCapability
            {
                RestartState = RestartState,
                Notification = NotificationRestart,
                RestartTimeSeconds = Math.Min(
                    (int)RestartTime.TotalSeconds, GracefulRestartCapability.MaxRestartTimeSeconds),
                Families = [.. Families.Select(family => new GracefulRestartFamily(family, ForwardingPreserved))],
            });
        }

        if (RestartTime > TimeSpan.Zero && LongLivedStaleTime > TimeSpan.Zero)
        {
            var seconds = (int)Math.Min(
                LongLivedStaleTime.TotalSeconds, LongLivedRestartCapability.MaxStaleTimeSeconds);
            capabilities.Add(new LongLivedRestartCapability(
                [.. Families.Select(family => new LongLivedFamily(family, ForwardingPreserved, seconds))]));
        }

        return new OpenMessage
        {
            MyAsn = Asn <= ushort.MaxValue ? (ushort)Asn : AsPath.AsTrans,
            HoldTimeSeconds = (ushort)HoldTime.TotalSeconds,
            BgpIdentifier = BgpIdentifier,
            Capabilities = capabilities.DrainToImmutable(),
        };
    }
}
