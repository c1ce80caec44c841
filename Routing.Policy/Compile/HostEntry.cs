using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>Where packets of a host endpoint's interface go.</summary>
/// <param name="Interface">Its name; null for all that no other entry names.</param>
/// <param name="Places">By layer and direction: where packets go, a return where the endpoint says nothing, and whether anything may be
/// denied there. What is only staged denies nothing.</param>
internal sealed record HostEntry(
    string? Interface, ImmutableDictionary<(HostLayer Layer, Direction Direction), (Verdict Verdict, bool Isolates)> Places);
