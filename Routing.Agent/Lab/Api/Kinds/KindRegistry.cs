using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Storage;

namespace Routing.Agent.Lab.Api.Kinds;

/// <summary>Which kinds are served right now: the built-in ones, and one set per CustomResourceDefinition. Readers take the current
/// snapshot; the store's lock serialises the changes.</summary>
internal sealed class KindRegistry
{
    private ImmutableDictionary<string, ImmutableArray<ResourceKind>> _custom =
        ImmutableDictionary<string, ImmutableArray<ResourceKind>>.Empty.WithComparers(StringComparer.Ordinal);

    private volatile Snapshot _snapshot;

    public KindRegistry() => _snapshot = new Snapshot(BuiltInKinds.All);

    /// <summary>Every served kind: built-in ones first, then custom ones by name.</summary>
    public ImmutableArray<ResourceKind> All => _snapshot.Kinds;

    public ResourceKind? Find(string group, string version, string plural) =>
        _snapshot.ByPath.GetValueOrDefault((group, version, plural));

    /// <summary>Whether anything is served under a group and version.</summary>
    public bool Serves(string group, string version) => All.Any(kind => kind.Group == group && kind.Version == version);

    /// <summary>The definition was stored or changed: its kinds are served at once.</summary>
    public void Define(StoredObject definition)
    {
        _custom = _custom.SetItem(definition.Key.Name, [.. CustomKind.From(definition.Document)]);
        Publish();
    }

    /// <summary>The definition is gone.</summary>
    public void Undefine(string name)
    {
        _custom = _custom.Remove(name);
        Publish();
    }

    /// <summary>Another definition already serves this resource's names: what the NamesAccepted condition reports.</summary>
    public bool IsTaken(string definitionName, JsonObject names, string group) => All.Any(kind =>
        kind.Group == group && kind.QualifiedPlural != definitionName
        && (kind.Plural == names.Text("plural") || kind.Kind == names.Text("kind")));

    private void Publish() => _snapshot = new Snapshot(
        [.. BuiltInKinds.All, .. _custom.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value)]);

    private sealed class Snapshot(ImmutableArray<ResourceKind> kinds)
    {
        public ImmutableArray<ResourceKind> Kinds { get; } = kinds;

        public ImmutableDictionary<(string, string, string), ResourceKind> ByPath { get; } =
            kinds.ToImmutableDictionary(kind => (kind.Group, kind.Version, kind.Plural));
    }
}
