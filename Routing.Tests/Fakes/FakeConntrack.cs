using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Fakes;

/// <summary>Connections in memory, and a kernel that refuses on request.</summary>
internal sealed class FakeConntrack : IConntrack
{
    private readonly Lock _lock = new();
    private readonly List<ConntrackEntry> _entries = [];
    private readonly List<string> _lists = [];
    private int _failures;

    public IReadOnlyList<ConntrackEntry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>What was asked for, in order: an IP version, or an address.</summary>
    public IReadOnlyList<string> Lists
    {
        get
        {
            lock (_lock)
            {
                return [.. _lists];
            }
        }
    }

    public void Add(params ConntrackEntry[] entries)
    {
        lock (_lock)
        {
            _entries.AddRange(entries);
        }
    }

    public void FailNext(int count)
    {
        lock (_lock)
        {
            _failures = count;
        }
    }

    public IReadOnlyList<ConntrackEntry> List(IpFamily family, Predicate<ConntrackEntry> wanted) =>
        List($"{family}", entry => entry.Original.Source.Family == family && wanted(entry));

    public IReadOnlyList<ConntrackEntry> List(Address end, Predicate<ConntrackEntry> wanted) =>
        List($"{end}", entry => (entry.Original.Source == end || entry.Reply.Source == end) && wanted(entry));

    public int Delete(IReadOnlyList<ConntrackEntry> entries)
    {
        lock (_lock)
        {
            MayFail("remove");
            return entries.Count(_entries.Remove);
        }
    }

    public void Dispose()
    {
    }

    private List<ConntrackEntry> List(string what, Predicate<ConntrackEntry> wanted)
    {
        lock (_lock)
        {
            MayFail("list");
            _lists.Add(what);
            return _entries.FindAll(wanted);
        }
    }

    private void MayFail(string operation)
    {
        if (_failures > 0)
        {
            _failures--;
            throw new NetlinkException(operation, "connections", 105, "as the test asked");
        }
    }
}
