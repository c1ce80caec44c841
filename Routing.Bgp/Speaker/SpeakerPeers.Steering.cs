using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Speaker;

/// <summary>What operators do to sessions. A shutdown goes by the name, so that it outlives a change of configuration and a
/// neighbour of a range that goes away and comes back.</summary>
internal sealed partial class SpeakerPeers
{
    private readonly Dictionary<string, string> _shutdowns = [];

    /// <inheritdoc cref="BgpSpeaker.ShutdownAsync"/>
    public async Task<bool> ShutdownAsync(string name, string? reason, CancellationToken cancellationToken)
    {
        if (FindByName(name) is not { } peer)
        {
            return false;
        }

        lock (_gate)
        {
            _shutdowns[name] = reason ?? "";
            peer.ShutdownReason = reason ?? "";
        }

        await peer.Session.ShutdownAsync(
            NotificationMessage.Cease(CeaseSubcode.AdministrativeShutdown, reason), cancellationToken);
        return true;
    }

    /// <inheritdoc cref="BgpSpeaker.EnableAsync"/>
    public async Task<bool> EnableAsync(string name, CancellationToken cancellationToken)
    {
        bool wasShutDown;
        lock (_gate)
        {
            wasShutDown = _shutdowns.Remove(name);
        }

        if (wasShutDown && FindByName(name) is { } peer)
        {
            peer.ShutdownReason = null;
            await peer.Session.EnableAsync(cancellationToken);
        }

        return await SetDrainingAsync([name], draining: false, cancellationToken) || wasShutDown;
    }

    /// <inheritdoc cref="BgpSpeaker.ResetAsync"/>
    public async Task<bool> ResetAsync(string name, string? reason, CancellationToken cancellationToken)
    {
        if (FindByName(name) is not { ShutdownReason: null } peer)
        {
            return false;
        }

        await peer.Session.ResetAsync(
            NotificationMessage.Cease(CeaseSubcode.AdministrativeReset, reason), cancellationToken);
        return true;
    }

    /// <summary>Makes the paths of neighbours the last choice, ours for them and theirs for us, or takes that back
    /// (RFC 8326 §4).</summary>
    /// <returns>True when one of them was not so before.</returns>
    public async Task<bool> SetDrainingAsync(
        IEnumerable<string> names, bool draining, CancellationToken cancellationToken)
    {
        var changed = false;
        foreach (var peer in names.Select(FindByName).OfType<SpeakerPeer>().Where(peer => peer.IsDraining != draining))
        {
            changed = true;
            peer.IsDraining = draining;
            var config = ForRib(peer);
            await rib.TellAsync(owner => owner.ChangePeer(peer.Index, config), cancellationToken);
        }

        return changed;
    }

    /// <inheritdoc cref="BgpSpeaker.RefreshInAsync"/>
    public async Task<RefreshOutcome> RefreshInAsync(string name, CancellationToken cancellationToken)
    {
        if (FindByName(name) is not { } peer)
        {
            return RefreshOutcome.UnknownPeer;
        }

        var status = peer.Session.Status;
        if (status.State != SessionState.Established)
        {
            return RefreshOutcome.NotEstablished;
        }

        if (!status.PeerCapabilities.Any(capability => capability is RouteRefreshCapability))
        {
            return RefreshOutcome.NotOffered;
        }

        await peer.Session.RequestRoutesAsync(cancellationToken);
        return RefreshOutcome.Begun;
    }

    /// <inheritdoc cref="BgpSpeaker.RefreshOutAsync"/>
    public async Task<RefreshOutcome> RefreshOutAsync(string name, CancellationToken cancellationToken)
    {
        if (FindByName(name) is not { } peer)
        {
            return RefreshOutcome.UnknownPeer;
        }

        var status = peer.Session.Status;
        if (status.State != SessionState.Established)
        {
            return RefreshOutcome.NotEstablished;
        }

        foreach (var family in status.Families)
        {
            await rib.RouteRefreshAsync(peer.Index, new RouteRefreshMessage(family), cancellationToken);
        }

        return RefreshOutcome.Begun;
    }

    private SpeakerPeer? FindByName(string name) => All.FirstOrDefault(peer => peer.Name == name);
}
