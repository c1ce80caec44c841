using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Agent.Cluster;

/// <summary>An object of one of the BGP kinds.</summary>
/// <param name="Name">metadata.name.</param>
/// <param name="Value">What it says; what it last said properly when it is wrong now, and null when it never
/// did.</param>
/// <param name="Problems">What is wrong with it now.</param>
/// <param name="Location">Its annotation routing.dev/location, unchecked; empty when there is none.</param>
internal sealed record BgpObject<T>(string Name, T? Value, ImmutableArray<Problem> Problems, string Location = "")
    where T : class;
