using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Netfilter;

namespace Routing.Agent.Domains;

/// <summary>Brings the packets of one way to their reader. A way that cannot be opened, or ends, is tried again.</summary>
/// <param name="way">The way.</param>
/// <param name="take">The reader; it says when it has room.</param>
/// <param name="isMissed">Somebody waits for what cannot be seen, and wants to read of it in the log.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">What cannot be seen.</param>
internal sealed partial class AnswerPump(
    AnswerSource way, Func<IPacketSource, HeldPacket, CancellationToken, ValueTask> take, Func<bool> isMissed, TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(30);

    /// <summary>Between two looks at whether the way is wanted.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private volatile string? _problem;

    /// <summary>Why answers are not seen by this way; null when they are, or need not be.</summary>
    public string? Problem => _problem;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    await BringAsync(cancellationToken);
                }
                catch (NetlinkException e)
                {
                    if (_problem != e.Message && isMissed())
                    {
                        LogDeaf(e.Message, Retry);
                    }

                    _problem = e.Message;
                }

                await Task.Delay(Retry, time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // its owner ends
        }
    }

    private async Task BringAsync(CancellationToken cancellationToken)
    {
        while (!way.IsWanted())
        {
            _problem = null;
            await Task.Delay(Look, time, cancellationToken);
        }

        using var source = way.Open();
        _problem = null;
        if (way.AreCopies)
        {
            LogCopies();
        }

        await foreach (var packet in source.Packets.ReadAllAsync(cancellationToken))
        {
            await take(source, packet, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning,
        "Domain names: answers of DNS are not seen, and rules by name match nothing new; next try in {Delay}: {Reason}")]
    private partial void LogDeaf(string reason, TimeSpan delay);

    [LoggerMessage(LogLevel.Warning,
        "Domain names: this kernel has no queue for packets (NFT_QUEUE, or NETFILTER_XT_TARGET_NFQUEUE by NFT_COMPAT): answers of DNS "
        + "go on before they are read, and a pod's first packet to a new address may be lost and sent again")]
    private partial void LogCopies();
}
