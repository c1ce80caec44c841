using System.Threading.Channels;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Netfilter;
using Routing.Agent.Options;
using Routing.Policy.Controller;
using Routing.Policy.Model;

namespace Routing.Agent.Flows;

/// <summary>Owner of the packets that rules report: adds them up to flows, finds out which policies decided, tells those
/// who follow and counts.</summary>
/// <remarks>
/// <code>
/// kernel --NFLOG--> PacketLog --(bounded)--> FlowTable --each window--> ReportJudge --> FlowFeed, FlowMetrics
///                                                 └── one question to the DataplaneLoop: who has these addresses?
/// </code>
/// Nothing waits for it: the kernel drops what the socket has no room for, and the dataplane answers when it has the time.
/// A node whose kernel has no NFLOG works as well, and says why nothing is seen.
/// </remarks>
internal sealed partial class FlowLoop
{
    private readonly Func<PacketLog> _open;
    private readonly Func<IReadOnlySet<Address>, CancellationToken, Task<ClusterSlice>> _ask;
    private readonly FlowOptions _options;
    private readonly FlowMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FlowTable _table; // the loop alone uses it
    private volatile FlowStatus _status = new();

    /// <param name="open">Opens the NFLOG group; throws <see cref="NetlinkException"/> where that cannot be.</param>
    /// <param name="ask">Asks who has some addresses and what policies are about them.</param>
    /// <param name="options">Times and bounds.</param>
    /// <param name="metrics">Counters.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">That the kernel refuses, once; nothing of any flow.</param>
    public FlowLoop(
        Func<PacketLog> open, Func<IReadOnlySet<Address>, CancellationToken, Task<ClusterSlice>> ask,
        FlowOptions options, FlowMetrics metrics, TimeProvider time, ILogger<FlowLoop> logger)
    {
        (_open, _ask, _options, _metrics, _time, _logger) = (open, ask, options, metrics, time, logger);
        _table = new FlowTable(options.Capacity);
        Feed = new FlowFeed(options.Recent);
    }

    /// <summary>For those who follow.</summary>
    public FlowFeed Feed { get; }

    /// <summary>Whether packets can arrive, and what was lost.</summary>
    public FlowStatus Status => _status;

    /// <summary>Instead of <see cref="RunAsync"/> where nothing is reported.</summary>
    public void TurnOff() => _status = new FlowStatus { Problem = "it was started with --flows off" };

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var log = _open();
                _status = _status with { IsReceiving = true, Problem = null };
                await ReceiveAsync(log, cancellationToken);
            }
            catch (NetlinkException e)
            {
                if (_status.Problem != e.Message)
                {
                    LogDeaf(e.Message, _options.Retry);
                }

                _status = _status with { IsReceiving = false, Problem = e.Message };
            }

            await Task.Delay(_options.Retry, _time, cancellationToken);
        }
    }

    private async Task ReceiveAsync(PacketLog log, CancellationToken cancellationToken)
    {
        while (await log.Packets.WaitToReadAsync(cancellationToken))
        {
            using var window = new CancellationTokenSource(_options.Window, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(window.Token, cancellationToken);
            while (await HasMoreAsync(log.Packets, either.Token))
            {
                while (log.Packets.TryRead(out var packet))
                {
                    Take(in packet);
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
            _status = _status with { Lost = log.Lost, Overflowed = _table.Overflowed };
            await TellAsync(cancellationToken);
        }
    }

    /// <returns>False at the window's end.</returns>
    private static async ValueTask<bool> HasMoreAsync(ChannelReader<LoggedPacket> packets, CancellationToken windowEnd)
    {
        try
        {
            return !windowEnd.IsCancellationRequested && await packets.WaitToReadAsync(windowEnd);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Take(in LoggedPacket packet)
    {
        if (FlowKey.TryOf(in packet, out var key))
        {
            _table.Add(in key, _time.GetUtcNow());
        }
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        var flows = _table.Take();
        if (flows.Count == 0)
        {
            return;
        }

        var asked = flows.Take(_options.Judged).ToList();
        var addresses = asked.SelectMany(flow => new[] { flow.Key.Header.Source, flow.Key.Header.Destination }).ToHashSet();
        var judge = new ReportJudge((await _ask(addresses, cancellationToken)).ToView());
        var records = asked.Select(flow => judge.Judge(flow.Key, flow.First, flow.Packets))
            .Concat(flows.Skip(_options.Judged).Select(flow => ReportJudge.Bare(flow.Key, flow.First, flow.Packets)))
            .ToList();
        foreach (var record in records)
        {
            _metrics.OnFlow(record);
        }

        Feed.Publish(records);
    }

    [LoggerMessage(LogLevel.Warning, "Flows: nothing can be seen of denied packets, next try in {Delay}: {Reason}")]
    private partial void LogDeaf(string reason, TimeSpan delay);
}
