namespace Routing.Tests.Bgp.Simulation;

/// <summary>Networks of speakers under faults: links that are cut with or without notice, processes that are killed and come
/// back with or without their forwarding state, slow readers, refreshes, prefixes that come and go, on virtual time and in an
/// order drawn from a seed. Some sessions carry several paths of a prefix, some speakers keep routes past restart times.</summary>
/// <remarks>Real: framer, codec, OPEN negotiation, FSM, intake, retention, RIB, update groups. Replaced: sockets, threads, clocks, and the
/// session's choice between two connections. A failure names its seed; run that one to see it again.</remarks>
[TestFixture]
internal sealed class SimulationTests
{
    private static readonly TimeSpan Turmoil = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    [Test]
    public void Autonomous_systems_come_to_rest_at_the_truth([Range(1, 40)] int seed)
    {
        var network = SimNetwork.OfAutonomousSystems(seed, speakers: 4 + (seed % 9), extraLinks: seed % 7);
        Run(network, faults: 30);
    }

    [Test]
    public void Reflectors_and_clients_come_to_rest_at_the_truth([Range(1, 40)] int seed)
    {
        var network = SimNetwork.WithReflectors(seed, reflectors: 2 + (seed % 2), clients: 3 + (seed % 6));
        Run(network, faults: 30);
    }

    [Test]
    public void Hundreds_of_speakers_come_to_rest_at_the_truth()
    {
        var autonomous = SimNetwork.OfAutonomousSystems(7, speakers: 200, extraLinks: 100);
        Run(autonomous, faults: 150);
        var reflected = SimNetwork.WithReflectors(7, reflectors: 4, clients: 200);
        Run(reflected, faults: 150);

        Assert.That(Refused(reflected), Is.Positive, "some readers were too slow for what they were told");
        foreach (var network in new[] { autonomous, reflected })
        {
            var sessions = network.Speakers.SelectMany(speaker => speaker.Sessions).ToList();
            Assert.That(sessions.Sum(session => session.KeptForLong), Is.Positive, "routes were kept past a restart time");
            Assert.That(sessions.Sum(session => session.Refreshes), Is.Positive, "refreshes came to their end");
            Assert.That(
                sessions,
                Has.Some.Matches<SimSession>(session => HasSeveralPaths(session!)),
                "several paths of a prefix went over a session");
        }

        static bool HasSeveralPaths(SimSession session) =>
            session.Hearing.Routes.Keys.GroupBy(path => path.Prefix).Any(paths => paths.Count() > 1);
    }

    [Test]
    public void One_seed_is_one_run()
    {
        var first = RunOf(3);
        var second = RunOf(3);

        Assert.That(second, Is.EqualTo(first));
        Assert.That(RunOf(4), Is.Not.EqualTo(first));

        static (long Ran, int Refused) RunOf(int seed)
        {
            var network = SimNetwork.OfAutonomousSystems(seed, speakers: 8, extraLinks: 4);
            Run(network, faults: 20);
            return (network.Scheduler.Ran, Refused(network));
        }
    }

    private static int Refused(SimNetwork network) =>
        network.Speakers.Sum(speaker => speaker.Sessions.Sum(session => session.Refused));

    private static void Run(SimNetwork network, int faults)
    {
        foreach (var speaker in network.Speakers)
        {
            speaker.Originated.Add(SimNetwork.PrefixOf(speaker, 0));
        }

        network.Start();
        new SimFaults(network).Plan(faults, Turmoil);
        network.Scheduler.Run(Turmoil + Rest);
        SimInvariants.Check(network);
    }
}
