using System.Collections.Immutable;

namespace Routing.Agent.Lab.Api.Storage;

/// <summary>All objects of a kind at one version of the store.</summary>
internal readonly record struct ListSnapshot(ImmutableSortedDictionary<ObjectKey, StoredObject> Objects, long Version);
