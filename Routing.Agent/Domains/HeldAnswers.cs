using Routing.Agent.Dataplane;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Controller;
using Routing.Policy.Model;

namespace Routing.Agent.Domains;

/// <summary>The packets that wait until what they say is in force.</summary>
/// <remarks>Every packet goes on, whatever is in it: the answer belongs to the pod. One that takes longer than <see cref="HoldLimit"/>
/// goes on too, as does one for which there is no room, and the pod's first connection may have to be tried again.</remarks>
/// <param name="policy">Is told what names stand for.</param>
/// <param name="names">What they stand for.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">What was late.</param>
internal sealed partial class HeldAnswers(INamePolicy policy, KeptNames names, TimeProvider time, ILogger logger)
{
    /// <summary>Clients ask again after some seconds: an answer is late before that.</summary>
    private static readonly TimeSpan HoldLimit = TimeSpan.FromSeconds(1);

    /// <summary>Packets that wait for a transaction; more go on.</summary>
    private const int MostWaiting = 1024;

    private readonly HashSet<DomainPattern> _untold = []; // under its own lock: what changed and the policy may not know
    private int _waiting;
    private long _late;

    /// <summary>Packets that went on before what they said was in force; for any thread.</summary>
    public long Late => Interlocked.Read(ref _late);

    /// <summary>A packet goes on at once, or when what it said is in force.</summary>
    public void Take(IPacketSource source, in HeldPacket packet, AnswerFindings found, CancellationToken cancellationToken)
    {
        var waiting = Volatile.Read(ref _waiting);
        if (!found.IsNew && (!found.MayRepeat || waiting == 0))
        {
            Release(source, packet);
        }
        else if (waiting < MostWaiting)
        {
            Interlocked.Increment(ref _waiting);
            _ = CommitAsync(source, packet, found.Patterns, cancellationToken);
        }
        else
        {
            OnLate(found.Patterns);
            Release(source, packet);
        }
    }

    /// <summary>Tells without haste what has lapsed, and what packets said that were late.</summary>
    public void TellOthers(IReadOnlySet<DomainPattern> lapsed, CancellationToken cancellationToken)
    {
        lock (_untold)
        {
            _untold.UnionWith(lapsed);
            if (_untold.Count > 0)
            {
                _ = NoteAsync([.. _untold], cancellationToken);
                _untold.Clear();
            }
        }
    }

    private async Task CommitAsync(
        IPacketSource source, HeldPacket packet, List<DomainPattern> patterns, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(HoldLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await policy.CommitNamesAsync(node => Tell(node, patterns), either.Token);
        }
        catch (OperationCanceledException)
        {
            if (limit.IsCancellationRequested)
            {
                OnLate(patterns);
                LogLate(HoldLimit);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            Release(source, packet);
        }
    }

    /// <summary>The packet goes on. What it says is told without it: perhaps there was no room to tell it so far.</summary>
    private void OnLate(List<DomainPattern> patterns)
    {
        Interlocked.Increment(ref _late);
        lock (_untold)
        {
            _untold.UnionWith(patterns);
        }
    }

    private async Task NoteAsync(List<DomainPattern> patterns, CancellationToken cancellationToken)
    {
        try
        {
            await policy.NoteNamesAsync(node => Tell(node, patterns), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // the next agent's first transaction says so
        }
    }

    /// <summary>On the dataplane's loop: as things are then, so that the order in which it is told means nothing.</summary>
    private void Tell(NodePolicy node, IEnumerable<DomainPattern> patterns)
    {
        var inForce = names.InForce;
        foreach (var pattern in patterns)
        {
            node.SetDomain(pattern, inForce.GetValueOrDefault(pattern, []));
        }
    }

    private void Release(IPacketSource source, in HeldPacket packet)
    {
        try
        {
            if (packet.Id is { } id)
            {
                source.Release(id);
            }
        }
        catch (Exception e) when (e is NetlinkException or ObjectDisposedException)
        {
            LogNotReleased(e.Message); // the socket is closed, and the kernel has let go of it
        }
    }

    [LoggerMessage(LogLevel.Warning, "Domain names: an answer was held for {Limit} and went on before what it says was in force")]
    private partial void LogLate(TimeSpan limit);

    [LoggerMessage(LogLevel.Debug, "Domain names: a packet could not be let go: {Reason}")]
    private partial void LogNotReleased(string reason);
}
