namespace Routing.Bgp.Mrt;

/// <summary>How far the reading of a file has come.</summary>
/// <param name="Name">The source.</param>
/// <param name="File">Its file.</param>
/// <param name="IsDone">The whole file has been read, or reading ended with <paramref name="Error"/>.</param>
/// <param name="Records">Records read.</param>
/// <param name="Updates">Records that brought routes.</param>
/// <param name="Malformed">Records that could not be read, or whose routes no session could have taken.</param>
/// <param name="Error">Why reading ended early; null when it did not.</param>
public sealed record MrtSourceStatus(
    string Name, string File, bool IsDone, long Records, long Updates, long Malformed, string? Error);
