using System.Runtime.InteropServices;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Model;

namespace Routing.Agent.Domains;

/// <summary>The TCP connections by which servers answer pods, each followed from its beginning. Its owner is a loop.</summary>
/// <remarks>
/// Nothing is guessed: a connection whose beginning was not seen, or that had to be given up, is not followed again, and what it says
/// is not learned. What a client may keep here is its own: beyond <see cref="MostConnections"/> or <see cref="MostOctets"/> the one
/// of the same client goes that was silent for longest. There are as many clients as the node has pods that ask.
/// <code>
///   a message that never ends, a length that lies     its octets wait, at most AnswerStream.Window of them
///   other data at a place that was read               the connection is given up
///   packets that went on unread                       whoever reads the queue says so, and every connection is given up:
///                                                     the beginning of another at the same ports may have been among them
/// </code>
/// </remarks>
internal sealed class AnswerStreams
{
    /// <summary>Connections of one client.</summary>
    public const int MostConnections = 64;

    /// <summary>Octets of one client that wait for what is missing.</summary>
    public const int MostOctets = 256 * 1024;

    /// <summary>Servers end idle connections after some seconds, dnsmasq after 150. Less than the 274 s after which a server's first
    /// numbers come round (RFC 6528 §2), so that no later connection goes on where this one was.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(180);

    private readonly Dictionary<Address, Dictionary<Key, Entry>> _clients = [];

    /// <summary>Segments with data that went on unread.</summary>
    public long Unread { get; private set; }

    /// <summary>Connections that are followed.</summary>
    public int Count => _clients.Values.Sum(entries => entries.Count);

    /// <summary>What they take of our memory.</summary>
    public long Octets => _clients.Values.Sum(Waiting);

    /// <summary>Takes a segment from a server.</summary>
    /// <param name="segment">Borrowed.</param>
    /// <param name="now">The time.</param>
    /// <returns>The messages that it completes.</returns>
    public List<byte[]> Take(in TcpSegment segment, TimeSpan now)
    {
        var messages = new List<byte[]>();
        var key = new Key(segment.Header.Source, segment.Header.SourcePort, segment.Header.DestinationPort);
        if (segment.IsAnswerToCall)
        {
            Begin(segment.Header.Destination, key, segment.Sequence, now);
        }

        if (!_clients.TryGetValue(segment.Header.Destination, out var entries) || !entries.TryGetValue(key, out var entry))
        {
            Unread += segment.Data.IsEmpty ? 0 : 1;
            return messages;
        }

        entry.Heard = now;
        if (!entry.Stream.TryTake(segment.Sequence, segment.Data, messages))
        {
            Unread++;
            Remove(segment.Header.Destination, entries, key);
        }
        else if (segment.IsLast && entry.Stream.Next == segment.Sequence + (uint)segment.Data.Length)
        {
            Remove(segment.Header.Destination, entries, key);
        }

        while (Waiting(entries) > MostOctets)
        {
            RemoveSilent(entries);
        }

        return messages;
    }

    /// <summary>Follows none of them any longer.</summary>
    public void Clear() => _clients.Clear();

    /// <summary>Lets go of those that were silent for too long.</summary>
    public void Expire(TimeSpan now)
    {
        foreach (var (client, entries) in _clients)
        {
            foreach (var (key, entry) in entries)
            {
                if (now - entry.Heard >= Silence)
                {
                    Remove(client, entries, key); // dictionaries allow it while they are walked
                }
            }
        }
    }

    private void Begin(Address client, Key key, uint first, TimeSpan now)
    {
        ref var entries = ref CollectionsMarshal.GetValueRefOrAddDefault(_clients, client, out _);
        entries ??= [];
        if (entries.TryGetValue(key, out var entry) && entry.Stream.First == first)
        {
            return; // sent again
        }

        if (entry is null && entries.Count == MostConnections)
        {
            RemoveSilent(entries);
        }

        entries[key] = new Entry(new AnswerStream(first)) { Heard = now };
    }

    private void Remove(Address client, Dictionary<Key, Entry> entries, Key key)
    {
        entries.Remove(key);
        if (entries.Count == 0)
        {
            _clients.Remove(client);
        }
    }

    private static void RemoveSilent(Dictionary<Key, Entry> entries) => entries.Remove(entries.MinBy(one => one.Value.Heard).Key);

    private static long Waiting(Dictionary<Key, Entry> entries)
    {
        var sum = 0L;
        foreach (var entry in entries.Values)
        {
            sum += entry.Stream.Octets;
        }

        return sum;
    }

    private readonly record struct Key(Address Server, ushort ServerPort, ushort ClientPort);

    private sealed class Entry(AnswerStream stream)
    {
        public AnswerStream Stream { get; } = stream;

        public TimeSpan Heard { get; set; }
    }
}
