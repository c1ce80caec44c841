using Routing.Agent.Namespaces;
using Routing.Agent.Native;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>Reads the counters of ipsets in one network namespace. Not thread-safe.</summary>
internal sealed class IpsetNetlink : IDisposable
{
    private readonly NetlinkSocket _socket = new(NetlinkProtocol.Netfilter);
    private readonly NetlinkWriter _writer = new();

    private IpsetNetlink()
    {
    }

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    public static IpsetNetlink Open() => new();

    /// <summary>Opens a socket in a network namespace.</summary>
    public static IpsetNetlink Open(NetworkNamespace inside) => inside.Run(Open);

    /// <summary>The elements of a set; null when there is no such set.</summary>
    public List<IpsetElement>? ReadElements(string set)
    {
        var elements = new List<IpsetElement>();
        _writer.Clear();
        IpsetCodec.WriteList(_writer, set);
        try
        {
            _socket.Dump<bool>($"list ipset {set}", _writer, Decode, elements.Clear);
            return elements;
        }
        catch (NetlinkException e) when (e.Errno == Errno.NoSuchEntry)
        {
            return null;
        }

        bool Decode(in NetlinkMessage message, out bool nothing)
        {
            IpsetCodec.ReadElements(in message, elements);
            return nothing = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
