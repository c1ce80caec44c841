using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>Where packets of a host endpoint's interface go.</summary>
/// <param name="Interface">Its name; null for all that no other entry names.</param>
/// <param name="Verdicts">By layer and direction; a return where the endpoint says nothing.</param>
internal sealed record HostEntry(string? Interface, ImmutableDictionary<(HostLayer Layer, Direction Direction), Verdict> Verdicts);
