using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Routing.Bgp.Speaker.Drain;

namespace Routing.Bgp.Speaker;

/// <summary>Taking sessions out of service without losing packets (RFC 8326).</summary>
public sealed partial class BgpSpeaker
{
    private static readonly TimeSpan DrainLookInterval = TimeSpan.FromSeconds(1);

    /// <summary>Makes our paths the last choice of neighbours and theirs ours (GRACEFUL_SHUTDOWN, RFC 8326), waits until
    /// traffic has moved as far as that can be seen, then shuts the sessions down. Whoever stops listening before that
    /// takes the drain back.</summary>
    /// <returns>A look each second, and a last one when all is done.</returns>
    public async IAsyncEnumerable<DrainProgress> DrainAsync(
        DrainOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var names = options.Peers.IsEmpty ? PeerNames : options.Peers;
        var (began, judge, isDone) = (_time.GetTimestamp(), new DrainJudge(options), false);
        await ChangeAsync(() => _peers.SetDrainingAsync(names, draining: true, cancellationToken), cancellationToken);
        try
        {
            while (true)
            {
                var look = await LookAsync(names, cancellationToken);
                var elapsed = _time.GetElapsedTime(began);
                var stage = judge.Judge(elapsed, look);
                yield return new DrainProgress(stage, elapsed, look, HasShutDown: false);
                if (stage >= DrainStage.Moved)
                {
                    break;
                }

                await Task.Delay(DrainLookInterval, _time, cancellationToken);
            }

            isDone = true;
        }
        finally
        {
            if (!isDone)
            {
                await ChangeAsync(() => _peers.SetDrainingAsync(names, draining: false, default), default);
            }
        }

        if (options.ShutsDown)
        {
            foreach (var name in names)
            {
                await ShutdownAsync(name, options.Reason, default);
            }

            // They are down: the next session begins as any other.
            await ChangeAsync(() => _peers.SetDrainingAsync(names, draining: false, default), default);
            yield return new DrainProgress(
                judge.Last, _time.GetElapsedTime(began), await LookAsync(names, cancellationToken), HasShutDown: true);
        }
    }

    private async Task<ImmutableArray<PeerDrainStatus>> LookAsync(
        ImmutableArray<string> names, CancellationToken cancellationToken)
    {
        var look = ImmutableArray.CreateBuilder<PeerDrainStatus>(names.Length);
        foreach (var name in names)
        {
            // A neighbour that was deconfigured meanwhile has nothing left to move.
            if (_peers.Find(name) is { } peer)
            {
                look.Add(await new DrainMeasure(name, peer.Index).RunAsync(_rib, cancellationToken));
            }
        }

        return look.DrainToImmutable();
    }
}
