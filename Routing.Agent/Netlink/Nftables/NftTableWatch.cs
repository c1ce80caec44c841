using Routing.Agent.Native;

namespace Routing.Agent.Netlink.Nftables;

/// <summary>Knows whether anybody else has changed a table since the last look. It has no thread: notifications wait in
/// the socket until someone looks.</summary>
/// <remarks>The generation alone would not do: it counts commits to all tables, and a node's other programs
/// (kube-proxy, Docker) commit all the time; reading our table again for each of them would cost what exists, not what
/// changes.</remarks>
/// <param name="ownPort">The port whose changes are our own.</param>
internal sealed class NftTableWatch(string table, uint ownPort) : IDisposable
{
    private readonly NetlinkSocket _socket = new(NetlinkProtocol.Netfilter, NftMonitor.Group);

    /// <summary>Looks at all that has happened.</summary>
    /// <param name="generation">The number of the latest commit, if there was one since the last look.</param>
    public NftTableWatchResult Look(out uint? generation)
    {
        var touched = false;
        generation = null;
        try
        {
            while (_socket.TryReceive(out var datagram))
            {
                touched |= IsTouched(datagram, ref generation);
            }

            return touched ? NftTableWatchResult.Touched : NftTableWatchResult.Untouched;
        }
        catch (NetlinkException exception) when (exception.Errno == Errno.NoBuffers)
        {
            _socket.Drain();
            return touched ? NftTableWatchResult.Touched : NftTableWatchResult.Unknown;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private bool IsTouched(ReadOnlySpan<byte> datagram, ref uint? generation)
    {
        var touched = false;
        var reader = new NetlinkReader(datagram);
        while (reader.TryRead(out var message))
        {
            if (!NftEvent.TryDecode(in message, out var change))
            {
                continue;
            }

            if (!change.IsChange)
            {
                generation = change.Generation;
            }
            else if (change.PortId != ownPort && change.Family == NftHeader.Inet && change.Table == table)
            {
                touched = true;
            }
        }

        return touched;
    }
}

/// <summary>What <see cref="NftTableWatch"/> saw.</summary>
internal enum NftTableWatchResult
{
    /// <summary>Nobody else has changed the table.</summary>
    Untouched,

    /// <summary>Somebody else has.</summary>
    Touched,

    /// <summary>The kernel dropped notifications (after a large commit of our own, for one).</summary>
    Unknown,
}
