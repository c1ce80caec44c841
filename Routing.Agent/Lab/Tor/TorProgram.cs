using System.Collections.Immutable;

namespace Routing.Agent.Lab.Tor;

/// <summary>A process of the ToR.</summary>
/// <param name="Name">For people and the log's file name.</param>
/// <param name="Path">The program.</param>
/// <param name="Arguments">It stays in the foreground with these.</param>
/// <param name="ReadyFile">A socket it makes once it may be talked to, which the next program needs; or null.</param>
internal sealed record TorProgram(
    string Name, string Path, ImmutableArray<string> Arguments, string? ReadyFile = null);
