using Routing.Agent.Namespaces;
using Routing.Agent.Native;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>ctnetlink in one network namespace. Not thread-safe.</summary>
internal sealed class ConntrackNetlink : IConntrack
{
    /// <summary>Removals in one send: some 100 octets each.</summary>
    private const int BatchSize = 512;

    private readonly NetlinkSocket _socket = new(NetlinkProtocol.Netfilter);
    private readonly NetlinkWriter _writer = new();

    private ConntrackNetlink()
    {
    }

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    public static ConntrackNetlink Open() => new();

    /// <summary>Opens a socket in a network namespace.</summary>
    public static ConntrackNetlink Open(NetworkNamespace inside) => inside.Run(Open);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <inheritdoc/>
    public IReadOnlyList<ConntrackEntry> List(IpFamily family, Predicate<ConntrackEntry> wanted)
    {
        _writer.Clear();
        ConntrackCodec.WriteList(_writer, family);
        return Dump(wanted);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ConntrackEntry> List(Address end, Predicate<ConntrackEntry> wanted)
    {
        if (end.Family == IpFamily.V6)
        {
            return List(IpFamily.V6, entry => (entry.Original.Source == end || entry.Reply.Source == end) && wanted(entry));
        }

        _writer.Clear();
        ConntrackCodec.WriteList(_writer, end.Family, end);
        var began = Dump(entry => entry.Original.Source == end && wanted(entry));
        _writer.Clear();
        ConntrackCodec.WriteList(_writer, end.Family, end, isReply: true);
        var answers = Dump(entry => entry.Reply.Source == end && entry.Original.Source != end && wanted(entry));
        return [.. began, .. answers];
    }

    /// <inheritdoc/>
    public int Delete(IReadOnlyList<ConntrackEntry> entries)
    {
        var removed = 0;
        foreach (var batch in entries.Chunk(BatchSize))
        {
            _writer.Clear();
            foreach (var entry in batch)
            {
                ConntrackCodec.WriteDelete(_writer, _socket.NextSequence(), entry);
            }

            _socket.EnsureSendBuffer(_writer.Length);
            var errors = new List<NetlinkError>();
            _socket.Execute(_writer, errors);
            removed += batch.Length - errors.Count;
            foreach (var error in errors.Where(error => error.Errno != Errno.NoSuchEntry))
            {
                throw new NetlinkException("remove", "connection", error.Errno, error.Message);
            }
        }

        return removed;
    }

    private List<ConntrackEntry> Dump(Predicate<ConntrackEntry> wanted) => _socket.Dump(
        "list connections", _writer,
        (in NetlinkMessage message, out ConntrackEntry entry) =>
            ConntrackCodec.TryDecode(in message, out entry) && wanted(entry));
}
