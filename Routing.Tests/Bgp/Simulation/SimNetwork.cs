using System.Net;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Simulation;

/// <summary>Speakers and links, and who can reach whom over them.</summary>
internal sealed class SimNetwork(int seed)
{
    /// <summary>On a third of the links several paths of a prefix go either way. Two, as between ASes all of them would be all
    /// the ways through the network.</summary>
    private const int MostPaths = 2;

    /// <summary>Half of the speakers keep routes past restart times.</summary>
    private static readonly TimeSpan LongLivedStaleTime = TimeSpan.FromSeconds(120);

    private readonly List<SimSpeaker> _speakers = [];
    private readonly List<SimLink> _links = [];

    public SimScheduler Scheduler { get; } = new(seed);

    public IReadOnlyList<SimSpeaker> Speakers => _speakers;

    public IReadOnlyList<SimLink> Links => _links;

    /// <summary>Every speaker an AS of its own; a tree so that all are connected, and some links more.</summary>
    public static SimNetwork OfAutonomousSystems(int seed, int speakers, int extraLinks)
    {
        var network = new SimNetwork(seed);
        var random = network.Scheduler.Random;
        for (var i = 0; i < speakers; i++)
        {
            network.AddSpeaker(64512 + (uint)i);
            if (i > 0)
            {
                network.Connect(random.Next(i), i);
            }
        }

        for (var i = 0; i < extraLinks; i++)
        {
            network.Connect(random.Next(speakers), random.Next(speakers));
        }

        return network;
    }

    /// <summary>One AS: reflectors in a mesh, clients of several of them, and behind every third client a router of another
    /// AS.</summary>
    public static SimNetwork WithReflectors(int seed, int reflectors, int clients)
    {
        var network = new SimNetwork(seed);
        var random = network.Scheduler.Random;
        for (var i = 0; i < reflectors; i++)
        {
            network.AddSpeaker(64512);
            for (var j = 0; j < i; j++)
            {
                network.Connect(j, i);
            }
        }

        for (var i = 0; i < clients; i++)
        {
            var client = network.AddSpeaker(64512);
            var first = random.Next(reflectors);
            network.Connect(first, client.Number, SimRole.Client);
            network.Connect((first + 1 + random.Next(Math.Max(1, reflectors - 1))) % reflectors, client.Number, SimRole.Client);
            if (i % 3 == 0)
            {
                var outside = network.AddSpeaker(65000 + (uint)i);
                network.Connect(client.Number, outside.Number);
            }
        }

        return network;
    }

    /// <summary>A prefix of the speaker's own.</summary>
    public static Prefix PrefixOf(SimSpeaker speaker, int number)
    {
        var text = number % 3 == 2
            ? $"fd01:{speaker.Number:x}:{number:x}::/48"
            : $"10.{128 + (speaker.Number >> 8)}.{speaker.Number & 0xFF}.{number << 4}/28";
        return Prefix.TryParse(text, out var prefix) ? prefix : throw new ArgumentException(text);
    }

    public void Start()
    {
        foreach (var speaker in _speakers)
        {
            speaker.Start(restarting: false);
        }
    }

    public SimSpeaker OwnerOf(IPAddress address) =>
        _speakers.Single(speaker => speaker.IPv4.Equals(address) || speaker.IPv6.Equals(address));

    /// <summary>The speakers that what one originates comes to: over sessions that stand, into every AS once (RFC 4271 §9.1.2),
    /// and inside an AS as RFC 4456 §6 has it.</summary>
    public static HashSet<SimSpeaker> ReachedFrom(SimSpeaker origin)
    {
        var seen = new HashSet<(SimSpeaker, bool MayTellAll)> { (origin, true) };
        var entered = new HashSet<uint> { origin.Asn };
        var next = new Queue<(SimSpeaker Speaker, bool MayTellAll)>([(origin, true)]);
        while (next.TryDequeue(out var from))
        {
            foreach (var session in from.Speaker.Sessions.Where(session => session.IsEstablished))
            {
                // From a peer that is neither external nor a client of ours it goes to clients and other ASes only.
                if (session.IsExternal
                    ? entered.Add(session.Peer.Asn)
                    : from.MayTellAll || session.Role == SimRole.Client)
                {
                    var mayTellAll = session.IsExternal || session.Other.Role == SimRole.Client;
                    if (seen.Add((session.Peer, mayTellAll)))
                    {
                        next.Enqueue((session.Peer, mayTellAll));
                    }
                }
            }
        }

        return [.. seen.Select(entry => entry.Item1)];
    }

    private SimSpeaker AddSpeaker(uint asn)
    {
        var speaker = new SimSpeaker(Scheduler, _speakers.Count, asn)
        {
            LongLivedStaleTime = Scheduler.Random.Next(2) == 0 ? LongLivedStaleTime : TimeSpan.Zero,
        };
        _speakers.Add(speaker);
        return speaker;
    }

    private void Connect(int one, int other, SimRole roleOfOther = SimRole.Peer)
    {
        if (one != other && !_speakers[one].Sessions.Any(session => session.Peer == _speakers[other]))
        {
            var mostPaths = Scheduler.Random.Next(3) == 0 ? MostPaths : 0;
            _links.Add(new SimLink(Scheduler, _speakers[one], _speakers[other], roleOfOther, mostPaths));
        }
    }
}
