using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Agent.Domains;

/// <summary>What answers of DNS said of names in use, each address for its TTL. Times are of one clock that never goes back.</summary>
/// <remarks>
/// <code>
///   in force   since the last answer that had it: its TTL, no less than Least and no more than Greatest, and a Grace
///   lapsed     after that; kept because connections that began before go on
/// </code>
/// Of each name or wildcard at most <see cref="Bound"/> addresses are in force, and as many lapsed. A new one beyond that takes the
/// place of the one that would lapse first, so that a pod that looks up names without end under its own wildcard shortens what its
/// wildcard holds, and nobody else's. Names are bounded by the policies. Its owner is a loop.
/// </remarks>
internal sealed class LearnedNames
{
    /// <summary>Addresses of one name or wildcard.</summary>
    public const int Bound = 1024;

    /// <summary>Who has just been told an address may connect to it: a TTL of 0 is for one use, not for none.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(10);

    /// <summary>A TTL of years is a mistake, or a wish to stay.</summary>
    public static readonly TimeSpan Greatest = TimeSpan.FromDays(1);

    /// <summary>Answers are on their way for a while, and clients round up.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Dictionary<DomainPattern, Entry> _entries = [];
    private readonly PriorityQueue<(DomainPattern Pattern, Address Address), TimeSpan> _next = new();
    private ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> _inForce =
        ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>>.Empty;

    /// <summary>What each name stands for now; for any thread.</summary>
    public ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> InForce => Volatile.Read(ref _inForce);

    /// <summary>The names of which something is known.</summary>
    public IReadOnlyCollection<DomainPattern> Patterns => _entries.Keys;

    /// <summary>When something may lapse next; null when nothing is in force.</summary>
    public TimeSpan? Next => _next.TryPeek(out _, out var at) ? at : null;

    /// <summary>How many addresses there are, with lapsed ones.</summary>
    public int Count => _entries.Values.Sum(entry => entry.Until.Count + entry.Lapsed.Count);

    /// <summary>How long an answer's address is in force.</summary>
    public static TimeSpan Hold(TimeSpan ttl) => (ttl < Least ? Least : ttl > Greatest ? Greatest : ttl) + Grace;

    /// <summary>An answer was about a name.</summary>
    /// <param name="pattern">The name.</param>
    /// <param name="asker">To whom it was given.</param>
    public void OnAnswer(DomainPattern pattern, Address asker)
    {
        if (_entries.TryGetValue(pattern, out var entry))
        {
            (entry.Answers, entry.Asker) = (entry.Answers + 1, asker);
        }
    }

    /// <summary>What stands for something, by name.</summary>
    public ImmutableArray<KnownName> List(TimeSpan now) =>
    [
        .. from one in _entries
           where one.Value.Until.Count > 0
           orderby $"{one.Key}"
           select new KnownName(
               one.Key,
               [.. one.Value.Until.OrderBy(address => address.Value).ThenBy(address => address.Key)
                   .Select(address => (address.Key, address.Value - now))],
               one.Value.Answers, one.Value.Asker),
    ];

    /// <summary>An address of a name is in force until then, or longer if it was already.</summary>
    /// <returns>True when it was not in force.</returns>
    public bool Learn(DomainPattern pattern, Address address, TimeSpan until)
    {
        if (!_entries.TryGetValue(pattern, out var entry))
        {
            _entries.Add(pattern, entry = new Entry());
        }

        if (entry.Until.TryGetValue(address, out var before))
        {
            entry.Until[address] = until > before ? until : before;
            return false;
        }

        var now = InForceOf(pattern);
        if (entry.Until.Count == Bound)
        {
            var first = entry.Until.MinBy(one => one.Value).Key;
            Lapse(entry, first);
            now = now.Remove(first);
        }

        entry.Lapsed.Remove(address);
        entry.Until.Add(address, until);
        _next.Enqueue((pattern, address), until);
        Publish(pattern, now.Add(address));
        return true;
    }

    /// <summary>Takes one that had lapsed before: another agent's.</summary>
    public void Remember(DomainPattern pattern, Address address, TimeSpan until)
    {
        if (!_entries.TryGetValue(pattern, out var entry))
        {
            _entries.Add(pattern, entry = new Entry());
        }

        if (!entry.Until.ContainsKey(address))
        {
            Lapse(entry, address, until);
        }
    }

    /// <summary>Lets lapse what is due.</summary>
    /// <param name="now">The time.</param>
    /// <param name="inUse">The names that policies have: of others nothing is kept once it has lapsed.</param>
    /// <returns>The names that stand for less than before.</returns>
    public IReadOnlySet<DomainPattern> Expire(TimeSpan now, IReadOnlySet<DomainPattern> inUse)
    {
        var gone = new Dictionary<DomainPattern, List<Address>>();
        while (_next.TryPeek(out var one, out var at) && at <= now)
        {
            _next.Dequeue();
            var entry = _entries.GetValueOrDefault(one.Pattern);
            if (entry?.Until.TryGetValue(one.Address, out var until) != true)
            {
                continue; // another took its place
            }

            if (until > now)
            {
                _next.Enqueue(one, until); // answers came that had it
                continue;
            }

            Lapse(entry, one.Address);
            if (!gone.TryGetValue(one.Pattern, out var addresses))
            {
                gone.Add(one.Pattern, addresses = []);
            }

            addresses.Add(one.Address);
        }

        foreach (var (pattern, addresses) in gone)
        {
            Publish(pattern, InForceOf(pattern).Except(addresses));
        }

        foreach (var (pattern, _) in _entries.Where(entry => entry.Value.Until.Count == 0 && !inUse.Contains(entry.Key)).ToList())
        {
            _entries.Remove(pattern);
        }

        return gone.Keys.ToHashSet();
    }

    /// <summary>What has lapsed, of each name.</summary>
    public ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> Lapsed() =>
        _entries.ToImmutableDictionary(entry => entry.Key, entry => entry.Value.Lapsed.Keys.ToImmutableHashSet());

    /// <summary>Everything, in force or not, with the time until which it is or was.</summary>
    public IEnumerable<(DomainPattern Pattern, Address Address, TimeSpan Until)> All() =>
        from entry in _entries
        from one in entry.Value.Until.Concat(entry.Value.Lapsed)
        select (entry.Key, one.Key, one.Value);

    private ImmutableHashSet<Address> InForceOf(DomainPattern pattern) => _inForce.GetValueOrDefault(pattern, []);

    private void Publish(DomainPattern pattern, ImmutableHashSet<Address> addresses) => Volatile.Write(
        ref _inForce, addresses.IsEmpty ? _inForce.Remove(pattern) : _inForce.SetItem(pattern, addresses));

    private static void Lapse(Entry entry, Address address)
    {
        entry.Until.Remove(address, out var until);
        Lapse(entry, address, until);
    }

    private static void Lapse(Entry entry, Address address, TimeSpan until)
    {
        if (entry.Lapsed.Count == Bound)
        {
            entry.Lapsed.Remove(entry.Lapsed.MinBy(one => one.Value).Key);
        }

        entry.Lapsed[address] = until;
    }

    /// <summary>Of one name or wildcard.</summary>
    private sealed class Entry
    {
        public Dictionary<Address, TimeSpan> Until { get; } = [];

        public Dictionary<Address, TimeSpan> Lapsed { get; } = [];

        public long Answers { get; set; }

        public Address? Asker { get; set; }
    }
}
