using System.Collections.Immutable;
using System.Threading.Channels;
using Routing.Agent.Dataplane;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Controller;
using Routing.Policy.Model;

namespace Routing.Agent.Domains;

/// <summary>Owner of what names stand for: reads the answers that the cluster's DNS gives to pods whose policies name domains, and
/// lets each go on when what it says is in force.</summary>
/// <remarks>
/// <code>
/// kernel --NFQUEUE--> PacketQueue --(bounded)--> parse > LearnedNames > NameFile > DataplaneLoop: one transaction
///    ^                       TCP: AnswerStreams >   │ nothing new                        │ committed, or too late
///    └──────────────── the packet goes on ──────────┴────────────────────────────────────┘
/// </code>
/// Every packet goes on, whatever is in it: the answer belongs to the pod. One that takes longer than <see cref="HoldLimit"/> goes on
/// too, and the pod's first connection may have to be tried again. What lapses is told without haste. Over TCP the segment waits that
/// completes an answer, and those that come meanwhile: one of them may be the same, sent again.
/// </remarks>
internal sealed partial class DomainLoop
{
    /// <summary>Clients ask again after some seconds: an answer is late before that.</summary>
    private static readonly TimeSpan HoldLimit = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks at what has lapsed, so that TTLs of many answers make few transactions.</summary>
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(30);

    /// <summary>Packets that wait for a transaction; more go on.</summary>
    private const int MostWaiting = 1024;

    private readonly Channel<Message> _inbox = Channel.CreateBounded<Message>(256);

    private readonly INamePolicy _policy;
    private readonly NameFile _file; // the loop alone uses it
    private readonly LearnedNames _names = new(); // likewise
    private readonly AnswerStreams _streams = new(); // likewise
    private IPacketSource? _source; // likewise: where the last packet came from
    private long _missed; // likewise: packets that nobody read
    private TimeSpan _nextSweep; // likewise
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ILogger _logger;
    private ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> _lapsed =
        ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>>.Empty;

    private readonly HashSet<DomainPattern> _untold = []; // under its own lock: what changed and the policy may not know
    private volatile DomainStatus _status = new(); // but for what other fields have
    private volatile string? _problem;
    private int _uncommitted; // packets that wait for a transaction
    private long _late;

    /// <param name="policy">Takes what names stand for.</param>
    /// <param name="file">Of this agent and the next; taken over.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">What cannot be seen or kept; nothing of any answer above Debug.</param>
    public DomainLoop(INamePolicy policy, NameFile file, TimeProvider time, ILogger<DomainLoop> logger)
    {
        (_policy, _file, _time, _logger) = (policy, file, time, logger);
        _origin = time.GetTimestamp();
    }

    /// <summary>How it fares.</summary>
    public DomainStatus Status => _status with { Late = Interlocked.Read(ref _late), Problem = _problem };

    /// <summary>What names stood for once, and their connections may still be there.</summary>
    public ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> Lapsed => Volatile.Read(ref _lapsed);

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>What names stand for now, while it runs.</summary>
    public async Task<ImmutableArray<KnownName>> ListAsync(CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<ImmutableArray<KnownName>>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _inbox.Writer.WriteAsync(new Message { Asked = answer }, cancellationToken);
        return await answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes what an earlier agent learned. Before <see cref="RunAsync"/>, and before the first transaction.</summary>
    /// <returns>What names stand for.</returns>
    public ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> Restore()
    {
        try
        {
            var now = _time.GetUtcNow();
            foreach (var (pattern, address, until) in _file.Read())
            {
                // A clock that was set back must not keep it for longer than any answer would.
                var rest = until - now;
                rest = rest < LearnedNames.Hold(LearnedNames.Greatest) ? rest : LearnedNames.Hold(LearnedNames.Greatest);
                if (rest > TimeSpan.Zero)
                {
                    _names.Learn(pattern, address, Now + rest);
                }
                else
                {
                    _names.Remember(pattern, address, Now + rest);
                }
            }
        }
        catch (IOException e)
        {
            LogForgotten(e.Message);
        }

        Volatile.Write(ref _lapsed, _names.Lapsed());
        Show();
        return _names.InForce;
    }

    /// <summary>Runs until cancelled.</summary>
    /// <param name="sources">The ways by which answers may come.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(IReadOnlyCollection<AnswerSource> sources, CancellationToken cancellationToken)
    {
        Save([]);
        await using var timer = _time.CreateTimer(_ => _inbox.Writer.TryWrite(default), null, Sweep, Sweep);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pumps = sources.Select(source => PumpAsync(source, stop.Token)).ToList();
        try
        {
            await foreach (var message in _inbox.Reader.ReadAllAsync(cancellationToken))
            {
                if (message.Source is { } source)
                {
                    Take(source, message.Packet, cancellationToken);
                }

                SweepIfDue(cancellationToken);
                message.Asked?.TrySetResult(_names.List(Now));
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(pumps);
            _file.Dispose();
        }
    }

    private async Task PumpAsync(AnswerSource way, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    while (!way.IsWanted())
                    {
                        await Task.Delay(Sweep, _time, cancellationToken);
                    }

                    using var source = way.Open();
                    _problem = null;
                    if (way.AreCopies)
                    {
                        LogCopies();
                    }

                    await foreach (var packet in source.Packets.ReadAllAsync(cancellationToken))
                    {
                        await _inbox.Writer.WriteAsync(new Message { Source = source, Packet = packet }, cancellationToken);
                    }
                }
                catch (NetlinkException e)
                {
                    if (_problem != e.Message && _policy.NamesInUse is { IsEmpty: false })
                    {
                        LogDeaf(e.Message, Retry);
                    }

                    _problem = e.Message;
                }

                await Task.Delay(Retry, _time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // the loop ends
        }
    }

    private void Take(IPacketSource source, HeldPacket packet, CancellationToken cancellationToken)
    {
        if (_source != source || packet.Missed > 0)
        {
            _streams.Clear(); // nobody knows what went by
            (_source, _missed) = (source, _missed + packet.Missed);
        }

        var found = Learn(packet);
        var waiting = Volatile.Read(ref _uncommitted);
        if (!found.IsNew && (!found.MayRepeat || waiting == 0))
        {
            Release(source, packet);
        }
        else if (waiting < MostWaiting)
        {
            Interlocked.Increment(ref _uncommitted);
            _ = CommitAsync(source, packet, found.Patterns, cancellationToken);
        }
        else
        {
            OnLate(found.Patterns);
            Release(source, packet);
        }
    }

    private Findings Learn(in HeldPacket packet)
    {
        var found = new Findings();
        if (PacketHeader.TryReadTcp(packet.Octets, out var segment))
        {
            found.MayRepeat = !segment.Data.IsEmpty;
            if (packet.Id is null)
            {
                _missed += segment.Data.IsEmpty ? 0 : 1; // a copy: others may be missing, and nobody says so
            }
            else
            {
                foreach (var message in _streams.Take(segment, Now))
                {
                    Learn(message, segment.Header.Destination, found);
                }
            }

            Show();
        }
        else if (PacketHeader.TryReadUdp(packet.Octets, out var header, out var message))
        {
            Learn(message, header.Destination, found);
        }

        return found;
    }

    /// <summary>Learns what an answer says of names in use.</summary>
    private void Learn(ReadOnlySpan<byte> message, Address asker, Findings found)
    {
        var inUse = _policy.NamesInUse;
        if (!DnsAnswer.TryReadName(message, out var name))
        {
            return;
        }

        var patterns = DomainPattern.Matching(name)
            .Where(pattern => inUse?.Contains(pattern) ?? _names.Patterns.Contains(pattern)).ToList();
        if (patterns.Count == 0 || !DnsAnswer.TryRead(message, out var answer) || answer.Addresses.Count == 0)
        {
            return;
        }

        var (now, utc) = (Now, _time.GetUtcNow());
        var lines = new List<(DomainPattern, Address, DateTimeOffset)>();
        foreach (var pattern in patterns)
        {
            foreach (var (address, ttl) in answer.Addresses)
            {
                var hold = LearnedNames.Hold(ttl);
                found.IsNew |= _names.Learn(pattern, address, now + hold);
                lines.Add((pattern, address, utc + hold));
            }

            _names.OnAnswer(pattern, asker);
        }

        Save(lines);
        found.Patterns.AddRange(patterns);
        found.MayRepeat = true;
        _status = _status with { Answers = _status.Answers + 1 };
        Show();
    }

    /// <summary>Lets the packet go when what it said is in force, or when that takes too long.</summary>
    private async Task CommitAsync(
        IPacketSource source, HeldPacket packet, List<DomainPattern> patterns, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(HoldLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _policy.CommitNamesAsync(policy => Tell(policy, patterns), either.Token);
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
            Interlocked.Decrement(ref _uncommitted);
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

    private void SweepIfDue(CancellationToken cancellationToken)
    {
        var now = Now;
        if (now < _nextSweep)
        {
            return;
        }

        _nextSweep = now + Sweep;
        _streams.Expire(now);
        var lapsed = _names.Expire(now, _policy.NamesInUse ?? _names.Patterns.ToImmutableHashSet());
        if (lapsed.Count > 0)
        {
            Volatile.Write(ref _lapsed, _names.Lapsed());
        }

        Show();
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

    private async Task NoteAsync(List<DomainPattern> patterns, CancellationToken cancellationToken)
    {
        try
        {
            await _policy.NoteNamesAsync(policy => Tell(policy, patterns), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // the next agent's first transaction says so
        }
    }

    /// <summary>On the dataplane's loop: as things are then, so that the order in which it is told means nothing.</summary>
    private void Tell(NodePolicy policy, IEnumerable<DomainPattern> patterns)
    {
        var inForce = _names.InForce;
        foreach (var pattern in patterns)
        {
            policy.SetDomain(pattern, inForce.GetValueOrDefault(pattern, []));
        }
    }

    private void Show()
    {
        var names = _names.InForce;
        _status = _status with
        {
            Names = names.Count,
            Addresses = names.Values.Sum(addresses => addresses.Count),
            Connections = _streams.Count,
            Unread = _missed + _streams.Unread,
        };
    }

    private void Save(List<(DomainPattern, Address, DateTimeOffset)> lines)
    {
        try
        {
            if (_file.Add(lines, _names.Count))
            {
                var offset = _time.GetUtcNow() - Now;
                _file.Replace(_names.All().Select(one => (one.Pattern, one.Address, offset + one.Until)));
            }
        }
        catch (IOException e)
        {
            LogNotKept(e.Message);
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

    [LoggerMessage(LogLevel.Warning,
        "Domain names: answers of DNS are not seen, and rules by name match nothing new; next try in {Delay}: {Reason}")]
    private partial void LogDeaf(string reason, TimeSpan delay);

    [LoggerMessage(LogLevel.Warning,
        "Domain names: this kernel has no queue for packets (NFT_QUEUE, or NETFILTER_XT_TARGET_NFQUEUE by NFT_COMPAT): answers of DNS go on before they are read, and a pod's first packet to a new address may be lost and sent again")]
    private partial void LogCopies();

    [LoggerMessage(LogLevel.Warning, "Domain names: an answer was held for {Limit} and went on before what it says was in force")]
    private partial void LogLate(TimeSpan limit);

    [LoggerMessage(LogLevel.Warning, "Domain names: what an earlier agent learned cannot be read: {Reason}")]
    private partial void LogForgotten(string reason);

    [LoggerMessage(LogLevel.Warning, "Domain names: what was learned cannot be kept for the next agent: {Reason}")]
    private partial void LogNotKept(string reason);

    [LoggerMessage(LogLevel.Debug, "Domain names: a packet could not be let go: {Reason}")]
    private partial void LogNotReleased(string reason);

    /// <summary>A packet, or a question; nothing when time has gone by.</summary>
    private readonly record struct Message(
        IPacketSource? Source, HeldPacket Packet, TaskCompletionSource<ImmutableArray<KnownName>>? Asked);

    /// <summary>What a packet says.</summary>
    private sealed class Findings
    {
        /// <summary>The names in use that it is about.</summary>
        public List<DomainPattern> Patterns { get; } = [];

        /// <summary>Something of it is not in force.</summary>
        public bool IsNew { get; set; }

        /// <summary>It may say again what another packet said that waits.</summary>
        public bool MayRepeat { get; set; }
    }
}
