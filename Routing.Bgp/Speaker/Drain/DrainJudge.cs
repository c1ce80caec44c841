using System.Collections.Immutable;

namespace Routing.Bgp.Speaker.Drain;

/// <summary>Decides from look to look how far a drain has come. Pure: the caller brings the time.</summary>
internal sealed class DrainJudge(DrainOptions options)
{
    private ImmutableArray<PeerDrainStatus> _before = [];
    private TimeSpan _unchangedSince;

    /// <summary>What was judged last.</summary>
    public DrainStage Last { get; private set; }

    /// <summary>Judges a look.</summary>
    /// <param name="now">Time since the drain began.</param>
    /// <param name="peers">What is seen.</param>
    public DrainStage Judge(TimeSpan now, ImmutableArray<PeerDrainStatus> peers) => Last = StageOf(now, peers);

    private DrainStage StageOf(TimeSpan now, ImmutableArray<PeerDrainStatus> peers)
    {
        if (!peers.AsSpan().SequenceEqual(_before.AsSpan()))
        {
            (_before, _unchangedSince) = (peers, now);
        }

        if (peers.All(peer => peer is { IsTold: true, InUse: 0 } && peer.MovedAway == peer.Advertised))
        {
            return DrainStage.Moved;
        }

        if (now >= options.Timeout)
        {
            return DrainStage.TimedOut;
        }

        if (!peers.All(peer => peer.IsTold))
        {
            return DrainStage.Telling;
        }

        return now - _unchangedSince >= options.SettleTime ? DrainStage.Settled : DrainStage.Waiting;
    }
}
