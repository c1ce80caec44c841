namespace Routing.Bgp.Speaker;

/// <summary>What operators do to sessions.</summary>
public sealed partial class BgpSpeaker
{
    /// <summary>Ends the session with a neighbour and keeps it down until <see cref="EnableAsync"/>, also through changes of
    /// configuration.</summary>
    /// <param name="name">The neighbour's name, as <see cref="GetPeersAsync"/> has it.</param>
    /// <param name="reason">What the neighbour's operator is told (RFC 9003); at most 255 octets of UTF-8 are sent.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>False when there is no such neighbour.</returns>
    public Task<bool> ShutdownAsync(string name, string? reason, CancellationToken cancellationToken) =>
        ChangeAsync(() => _peers.ShutdownAsync(name, reason, cancellationToken), cancellationToken);

    /// <summary>Ends a shutdown.</summary>
    /// <returns>False when there is no such neighbour, or it is not shut down.</returns>
    public Task<bool> EnableAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(() => _peers.EnableAsync(name, cancellationToken), cancellationToken);

    /// <summary>Ends the session with a neighbour and begins anew.</summary>
    /// <param name="name">The neighbour's name.</param>
    /// <param name="reason">What the neighbour's operator is told (RFC 9003).</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>False when there is no such neighbour, or it is shut down.</returns>
    public Task<bool> ResetAsync(string name, string? reason, CancellationToken cancellationToken) =>
        ChangeAsync(() => _peers.ResetAsync(name, reason, cancellationToken), cancellationToken);

    /// <summary>Asks a neighbour to send all its routes again (RFC 2918 §4). A changed policy does not need this: what the
    /// neighbour sent is held as it was sent, and judged again by itself.</summary>
    public Task<RefreshOutcome> RefreshInAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(() => _peers.RefreshInAsync(name, cancellationToken), cancellationToken);

    /// <summary>Sends a neighbour all its routes again, and withdraws what it should not have.</summary>
    public Task<RefreshOutcome> RefreshOutAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(() => _peers.RefreshOutAsync(name, cancellationToken), cancellationToken);

    private async Task<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return await change();
        }
        finally
        {
            _changing.Release();
        }
    }
}
