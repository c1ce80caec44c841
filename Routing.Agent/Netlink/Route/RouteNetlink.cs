using System.Net;
using Routing.Agent.Namespaces;
using Routing.Agent.Native;

namespace Routing.Agent.Netlink.Route;

/// <inheritdoc/>
public sealed class RouteNetlink : IRouteNetlink
{
    /// <summary>Requests in one send. Refusals wait in the receive buffer until we read them, some 1 KB of kernel
    /// memory each, so even a send of which every request is refused fits.</summary>
    private const int RequestsPerSend = 1000;

    private readonly NetlinkSocket _socket = new(NetlinkProtocol.Route);
    private readonly NetlinkWriter _writer = new();
    private readonly List<NetlinkError> _errors = [];

    private RouteNetlink()
    {
    }

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    public static RouteNetlink Open() => new();

    /// <summary>Opens a socket in a network namespace.</summary>
    public static RouteNetlink Open(NetworkNamespace inside) => inside.Run(Open);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <inheritdoc/>
    public IReadOnlyList<Link> ListLinks()
    {
        LinkCodec.WriteList(_writer);
        return _socket.Dump<Link>("list links", _writer, LinkCodec.TryDecode);
    }

    /// <inheritdoc/>
    public Link? FindLink(string name)
    {
        LinkCodec.WriteGet(_writer, _socket.NextSequence(), name);
        var link = ExecuteForLink();
        if (_errors is [var error] && error.Errno != Errno.NoSuchDevice)
        {
            throw new NetlinkException("find link", name, error.Errno, error.Message);
        }

        return link;
    }

    /// <inheritdoc/>
    public Link CreateVeth(VethSpec spec)
    {
        var change = new RouteChange.AddVeth(spec);
        RouteChangeWriter.Write(_writer, _socket.NextSequence, change);
        LinkCodec.WriteGet(_writer, _socket.NextSequence(), spec.Name); // in the same send: its index is wanted next
        var link = ExecuteForLink();
        if (_errors is [var error, ..])
        {
            throw Refusal(change, error);
        }

        return link ?? throw new NetlinkException("find link", spec.Name, Errno.NoSuchDevice);
    }

    /// <inheritdoc/>
    public IReadOnlyList<InterfaceAddress> ListAddresses(int? ifIndex = null)
    {
        AddressCodec.WriteList(_writer, ifIndex);
        return _socket.Dump<InterfaceAddress>("list addresses", _writer, AddressCodec.TryDecode);
    }

    /// <inheritdoc/>
    public IReadOnlyList<RouteEntry> ListRoutes(RouteFilter filter)
    {
        var routes = new List<RouteEntry>();
        foreach (var ipv6 in Families(filter.IPv6))
        {
            RouteCodec.WriteList(_writer, ipv6, filter);
            try
            {
                routes.AddRange(_socket.Dump<RouteEntry>("list routes", _writer, RouteCodec.TryDecode));
            }
            catch (NetlinkException exception) when (exception.Errno == Errno.NoSuchEntry)
            {
                // "FIB table does not exist": one that nobody has put a route in yet.
            }
        }

        return routes;
    }

    /// <summary>The link of this index, or null.</summary>
    public Link? FindLink(int ifIndex)
    {
        LinkCodec.WriteGet(_writer, _socket.NextSequence(), ifIndex);
        return ExecuteForLink();
    }

    /// <summary>The route by which packets leave, as the kernel's rules and tables say now, with all its ways; null when they go
    /// nowhere.</summary>
    /// <param name="destination">Where they go.</param>
    /// <param name="source">Where they come from; null for any. Without an interface IPv4 wants one of this host's.</param>
    /// <param name="inputIfIndex">The interface by which they came in; null for packets of this host.</param>
    public RouteEntry? FindRoute(IPAddress destination, IPAddress? source = null, int? inputIfIndex = null)
    {
        RouteEntry? found = null;
        _errors.Clear();
        RouteCodec.WriteFind(_writer, _socket.NextSequence(), destination, source, inputIfIndex);
        _socket.Execute(_writer, _errors, (in message) =>
        {
            if (RouteCodec.TryDecode(in message, out var route))
            {
                found = route;
            }
        });
        return found;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Neighbour> ListNeighbours(int? ifIndex = null)
    {
        NeighbourCodec.WriteList(_writer, ifIndex);
        return _socket.Dump<Neighbour>("list neighbours", _writer, NeighbourCodec.TryDecode);
    }

    /// <inheritdoc/>
    public IReadOnlyList<RoutingRule> ListRules()
    {
        var rules = new List<RoutingRule>();
        foreach (var ipv6 in Families(null))
        {
            RuleCodec.WriteList(_writer, ipv6);
            rules.AddRange(_socket.Dump<RoutingRule>("list rules", _writer, RuleCodec.TryDecode));
        }

        return rules;
    }

    /// <inheritdoc/>
    public IReadOnlyList<RouteOutcome> Apply(IReadOnlyList<RouteChange> changes)
    {
        var outcomes = new RouteOutcome[changes.Count];
        for (var done = 0; done < changes.Count;)
        {
            var count = Math.Min(changes.Count - done, RequestsPerSend);
            ApplySome(changes, done, count, outcomes);
            done += count;
        }

        return outcomes;
    }

    private void ApplySome(IReadOnlyList<RouteChange> changes, int start, int count, RouteOutcome[] outcomes)
    {
        var changeBySequence = new Dictionary<uint, int>(count);
        for (var index = start; index < start + count; index++)
        {
            var at = index;
            RouteChangeWriter.Write(_writer, NextSequence, changes[index]);
            outcomes[index] = new RouteOutcome(Changed: true);

            uint NextSequence()
            {
                var sequence = _socket.NextSequence();
                changeBySequence.Add(sequence, at);
                return sequence;
            }
        }

        _errors.Clear();
        _socket.Execute(_writer, _errors);
        foreach (var error in _errors)
        {
            var index = changeBySequence[error.Sequence];
            outcomes[index] = IsAlreadySo(changes[index], error.Errno)
                ? default
                : new RouteOutcome(false, outcomes[index].Error ?? Refusal(changes[index], error));
        }
    }

    private Link? ExecuteForLink()
    {
        Link? link = null;
        _errors.Clear();
        _socket.Execute(_writer, _errors, (in message) =>
        {
            if (LinkCodec.TryDecode(in message, out var found))
            {
                link = found;
            }
        });
        return link;
    }

    /// <summary>Refusals that only say that nothing is left to do.</summary>
    private static bool IsAlreadySo(RouteChange change, int errno) => change switch
    {
        RouteChange.AddAddress or RouteChange.AddRule => errno == Errno.Exists,
        RouteChange.RemoveLink => errno == Errno.NoSuchDevice,

        // With the interface gone (ENODEV), its addresses and neighbours went as well.
        RouteChange.RemoveAddress => errno is Errno.AddressNotAvailable or Errno.NoSuchDevice,
        RouteChange.RemoveNeighbour => errno is Errno.NoSuchEntry or Errno.NoSuchDevice,
        RouteChange.RemoveRoute => errno is Errno.NoSuchProcess or Errno.NoSuchEntry,
        RouteChange.RemoveRule => errno == Errno.NoSuchEntry,
        _ => false,
    };

    private static NetlinkException Refusal(RouteChange change, NetlinkError error) =>
        new(change.Operation, change.Target, error.Errno, error.Message);

    private static bool[] Families(bool? ipv6) => ipv6 is { } one ? [one] : [false, true];
}
