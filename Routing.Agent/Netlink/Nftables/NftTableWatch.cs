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

    /// <summary>Hears nothing while the work runs. The kernel makes a notification of each element of a commit when anybody
    /// listens, which doubles the cost of a large one. Whoever asks for this has to find out by the generation whether
    /// somebody else has committed meanwhile.</summary>
    public T Deaf<T>(Func<T> work)
    {
        _socket.Leave(NftMonitor.Group);
        try
        {
            return work();
        }
        finally
        {
            _socket.Join(NftMonitor.Group);
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
