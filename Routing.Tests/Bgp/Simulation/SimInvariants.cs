using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Simulation;

/// <summary>What must be true of a network that has come to rest.</summary>
internal static class SimInvariants
{
    public static void Check(SimNetwork network)
    {
        foreach (var link in network.Links)
        {
            Assert.That(link.Caller.IsEstablished, Is.EqualTo(link.IsUp), $"{Name(link.Caller)} stands where its link does");
            Assert.That(link.Listener.IsEstablished, Is.EqualTo(link.IsUp), $"{Name(link.Listener)} stands where its link does");
        }

        var bestPaths = network.Speakers.ToDictionary(speaker => speaker, speaker => speaker.BestPaths());
        foreach (var speaker in network.Speakers)
        {
            CheckSpeaker(speaker, bestPaths[speaker]);
        }

        foreach (var origin in network.Speakers)
        {
            var reached = SimNetwork.ReachedFrom(origin);
            foreach (var prefix in origin.Originated)
            {
                foreach (var speaker in network.Speakers)
                {
                    Assert.That(
                        bestPaths[speaker].ContainsKey(prefix),
                        Is.EqualTo(reached.Contains(speaker)),
                        $"speaker {speaker.Number} has the prefix {prefix} of speaker {origin.Number}");
                    Follow(network, bestPaths, speaker, origin, prefix);
                }
            }
        }

        foreach (var (speaker, routes) in bestPaths)
        {
            Assert.That(
                routes.Keys.Where(prefix => !network.Speakers.Any(other => other.Originated.Contains(prefix))),
                Is.Empty, $"speaker {speaker.Number} has no route that nobody originates");
        }
    }

    /// <summary>Best paths and Adj-RIB-Out of one speaker are what a computation from scratch gives.</summary>
    private static void CheckSpeaker(SimSpeaker speaker, Dictionary<Prefix, PathStatus> bestPaths)
    {
        var reference = speaker.FromScratch();
        foreach (var (prefix, best) in bestPaths)
        {
            var expected = reference.Best(prefix)?.Peer;
            var actual = speaker.Sessions.FirstOrDefault(session => SimSpeaker.NameOf(session.Peer) == best.Peer)?.Index.Value ?? 0;
            Assert.That(actual, Is.EqualTo(expected), $"speaker {speaker.Number}, best path of {prefix}");
        }

        foreach (var session in speaker.Sessions.Where(session => session.IsEstablished))
        {
            var told = session.Other.Hearing.Routes.ToLookup(route => route.Key.Prefix, route => route.Value);
            var expected = session.MostPaths > 0
                ? reference.PathsOf(session.Index.Value, session.MostPaths).ToLookup(path => path.Prefix, path => path.Model)
                : reference.TableOf(session.Index.Value).ToLookup(route => route.Key, route => route.Value);
            var (toldPrefixes, expectedPrefixes) = (told.Select(group => group.Key), expected.Select(group => group.Key));
            Assert.That(toldPrefixes.Except(expectedPrefixes), Is.Empty, $"{Name(session)}: prefixes told that should not be");
            Assert.That(expectedPrefixes.Except(toldPrefixes), Is.Empty, $"{Name(session)}: prefixes not told");
            foreach (var paths in expected)
            {
                Assert.That(told[paths.Key], Is.EquivalentTo(paths), $"{Name(session)}: what was told of {paths.Key}");
            }

            Assert.That(session.Other.Hearing.EndsOfRib, Is.EquivalentTo(SimSpeaker.Families), $"{Name(session)}: End-of-RIB");
        }

        foreach (var session in speaker.Sessions)
        {
            var stale = SimSpeaker.Families.Sum(family => speaker.Rib.Tables[family].In(session.Index).Stale);
            Assert.That(stale, Is.Zero, $"{Name(session)}: what was kept over a restart is confirmed or gone");
        }
    }

    /// <summary>A packet that follows the next hops arrives and meets nobody twice.</summary>
    private static void Follow(
        SimNetwork network,
        Dictionary<SimSpeaker, Dictionary<Prefix, PathStatus>> bestPaths,
        SimSpeaker from,
        SimSpeaker origin,
        Prefix prefix)
    {
        var met = new HashSet<SimSpeaker>();
        for (var at = from; at != origin && bestPaths[at].TryGetValue(prefix, out var best);)
        {
            Assert.That(met.Add(at), $"a packet from speaker {from.Number} to {prefix} meets speaker {at.Number} twice");
            at = network.OwnerOf(best.NextHop!);
        }
    }

    private static string Name(SimSession session) => $"session of speaker {session.Owner.Number} with {session.Peer.Number}";
}
