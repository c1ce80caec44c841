namespace Routing.Tests.Fuzz;

/// <summary>A place where octets enter that others wrote. Whatever they are, it must return: soon, and without having
/// taken much memory.</summary>
/// <param name="Name">Names its folder in the corpus.</param>
/// <param name="Run">Takes one input in; throws for a bug and for nothing else.</param>
/// <param name="Seeds">Inputs that go deep; the files of the corpus.</param>
internal sealed record FuzzTarget(string Name, FuzzAction Run, IReadOnlyList<byte[]> Seeds)
{
    /// <summary>Octets that an input may have allocated besides what is for its length: scratch that grows once, a
    /// NOTIFICATION, a reason for the log.</summary>
    public long FixedAllocation { get; init; } = 256 * 1024;

    /// <summary>Octets that an input may have allocated for each of its own.</summary>
    public long AllocationPerOctet { get; init; } = 1024;

    /// <summary>Mutations in the tests: slow targets have fewer.</summary>
    public int Mutations { get; init; } = 20_000;
}
