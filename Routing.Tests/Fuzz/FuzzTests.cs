using System.Diagnostics;

namespace Routing.Tests.Fuzz;

/// <summary>A short, deterministic run of every fuzz target: the corpus, and seeded mutations of it. A longer one, guided
/// by coverage: <c>Routing.Tests/Fuzz/README.md</c>.</summary>
[TestFixture]
public sealed class FuzzTests
{
    // For what hangs or grows with the square of its length: a busy machine makes milliseconds into seconds.
    private static readonly TimeSpan LongestInput = TimeSpan.FromSeconds(30);

    private static IEnumerable<string> Names() => FuzzTargets.All.Select(target => target.Name);

    [TestCaseSource(nameof(Names))]
    public void The_corpus_has_the_seeds(string name)
    {
        var target = Target(name);
        var folder = Repository.PathOf($"Routing.Tests/Fuzz/Corpus/{name}");
        for (var i = 0; i < target.Seeds.Count; i++)
        {
            var path = Path.Combine(folder, $"seed-{i:D2}");
            if (Environment.GetEnvironmentVariable("ROUTING_UPDATE_GOLDENS") == "1")
            {
                Directory.CreateDirectory(folder);
                File.WriteAllBytes(path, target.Seeds[i]);
            }

            if (name != "mrt")
            {
                Assert.That(File.ReadAllBytes(path), Is.EqualTo(target.Seeds[i]), path);
            }
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Nothing_throws_hangs_or_takes_much_memory(string name)
    {
        var target = Target(name);
        var inputs = Directory.GetFiles(Repository.PathOf($"Routing.Tests/Fuzz/Corpus/{name}")).Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes).ToList();
        foreach (var input in inputs)
        {
            Run(target, input); // also what is made once: static tables, compiled code
        }

        // ROUTING_FUZZ_FACTOR=100 runs a hundred times as long, and on other inputs.
        _ = int.TryParse(Environment.GetEnvironmentVariable("ROUTING_FUZZ_FACTOR"), out var factor);
        for (var seed = 1; seed <= Math.Max(1, factor); seed++)
        {
            var mutator = new Mutator(seed);
            for (var i = 0; i < target.Mutations; i++)
            {
                Run(target, mutator.Next(inputs));
            }
        }
    }

    private static FuzzTarget Target(string name) => FuzzTargets.All.Single(target => target.Name == name);

    private static void Run(FuzzTarget target, byte[] input)
    {
        var clock = Stopwatch.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Run(input);
        }
        catch (Exception e) when (e is not AssertionException)
        {
            Assert.Fail($"{target.Name} throws on {Convert.ToHexString(input)}: {e}");
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(
            allocated,
            Is.LessThanOrEqualTo(target.FixedAllocation + (target.AllocationPerOctet * input.Length)),
            () => $"octets allocated by {target.Name} for {Convert.ToHexString(input)}");
        Assert.That(
            Stopwatch.GetElapsedTime(clock), Is.LessThan(LongestInput), () => $"time for {Convert.ToHexString(input)}");
    }
}
