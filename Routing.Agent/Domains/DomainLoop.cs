using System.Collections.Immutable;
using System.Threading.Channels;
using Routing.Agent.Dataplane;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Model;

namespace Routing.Agent.Domains;

/// <summary>Owner of what names stand for: reads the answers that the cluster's DNS gives to pods whose policies name domains, and
/// lets each go on when what it says is in force.</summary>
/// <remarks>
/// <code>
/// kernel --NFQUEUE--> AnswerPump --(bounded)--> parse > KeptNames > HeldAnswers > DataplaneLoop: one transaction
///    ^                       TCP: AnswerStreams >   │ nothing new          │ committed, or too late
///    └──────────────── the packet goes on ──────────┴──────────────────────┘
/// </code>
/// Over TCP the segment waits that completes an answer, and those that come meanwhile: one of them may be the same, sent again.
/// What lapses is told without haste.
/// </remarks>
internal sealed class DomainLoop
{
    /// <summary>Between two looks at what has lapsed, so that TTLs of many answers make few transactions.</summary>
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    private readonly Channel<Message> _inbox = Channel.CreateBounded<Message>(256);
    private readonly INamePolicy _policy;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly KeptNames _names; // the loop's, but what is for any thread
    private readonly HeldAnswers _held; // likewise
    private readonly AnswerStreams _streams = new(); // the loop alone uses it
    private IPacketSource? _source; // likewise: where the last packet came from
    private long _missed; // likewise: packets that nobody read
    private TimeSpan _nextSweep; // likewise
    private volatile DomainStatus _status = new(); // but for what others have
    private ImmutableArray<AnswerPump> _pumps = [];

    /// <param name="policy">Takes what names stand for.</param>
    /// <param name="file">Of this agent and the next; taken over.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">What cannot be seen or kept; nothing of any answer above Debug.</param>
    public DomainLoop(INamePolicy policy, NameFile file, TimeProvider time, ILogger<DomainLoop> logger)
    {
        (_policy, _time, _logger) = (policy, time, logger);
        _names = new KeptNames(file, time, logger);
        _held = new HeldAnswers(policy, _names, time, logger);
    }

    /// <summary>How it fares.</summary>
    public DomainStatus Status => _status with
    {
        Late = _held.Late,
        Problem = _pumps.Select(pump => pump.Problem).FirstOrDefault(problem => problem is not null),
    };

    /// <summary>What names stood for once, and their connections may still be there.</summary>
    public ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> Lapsed => _names.Lapsed;

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
        _names.Restore();
        Show();
        return _names.InForce;
    }

    /// <summary>Runs until cancelled.</summary>
    /// <param name="sources">The ways by which answers may come.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(IReadOnlyCollection<AnswerSource> sources, CancellationToken cancellationToken)
    {
        _names.Open();
        await using var timer = _time.CreateTimer(_ => _inbox.Writer.TryWrite(default), null, Sweep, Sweep);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _pumps = [.. sources.Select(way => new AnswerPump(way, PostAsync, () => _policy.NamesInUse is { IsEmpty: false }, _time, _logger))];
        var pumps = _pumps.Select(pump => pump.RunAsync(stop.Token)).ToList();
        try
        {
            await foreach (var message in _inbox.Reader.ReadAllAsync(cancellationToken))
            {
                if (message.Source is { } source)
                {
                    Take(source, message.Packet, cancellationToken);
                }

                SweepIfDue(cancellationToken);
                message.Asked?.TrySetResult(_names.List());
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(pumps);
            _names.Close();
        }
    }

    private ValueTask PostAsync(IPacketSource source, HeldPacket packet, CancellationToken cancellationToken) =>
        _inbox.Writer.WriteAsync(new Message { Source = source, Packet = packet }, cancellationToken);

    private void Take(IPacketSource source, HeldPacket packet, CancellationToken cancellationToken)
    {
        if (_source != source || packet.Missed > 0)
        {
            _streams.Clear(); // nobody knows what went by
            (_source, _missed) = (source, _missed + packet.Missed);
        }

        _held.Take(source, packet, Read(packet), cancellationToken);
    }

    private AnswerFindings Read(in HeldPacket packet)
    {
        var found = new AnswerFindings();
        if (PacketHeader.TryReadTcp(packet.Octets, out var segment))
        {
            found.MayRepeat = !segment.Data.IsEmpty;
            if (packet.Id is null)
            {
                _missed += segment.Data.IsEmpty ? 0 : 1; // a copy: others may be missing, and nobody says so
            }
            else
            {
                foreach (var message in _streams.Take(segment, _names.Now))
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
    private void Learn(ReadOnlySpan<byte> message, Address asker, AnswerFindings found)
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

        found.IsNew |= _names.Learn(patterns, answer, asker);
        found.Patterns.AddRange(patterns);
        found.MayRepeat = true;
        _status = _status with { Answers = _status.Answers + 1 };
        Show();
    }

    private void SweepIfDue(CancellationToken cancellationToken)
    {
        var now = _names.Now;
        if (now < _nextSweep)
        {
            return;
        }

        _nextSweep = now + Sweep;
        _streams.Expire(now);
        var lapsed = _names.Expire(_policy.NamesInUse);
        Show();
        _held.TellOthers(lapsed, cancellationToken);
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

    /// <summary>A packet, or a question; nothing when time has gone by.</summary>
    private readonly record struct Message(
        IPacketSource? Source, HeldPacket Packet, TaskCompletionSource<ImmutableArray<KnownName>>? Asked);
}
