using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Storage;

/// <summary>One version of an object. Immutable: nobody changes <see cref="Document"/> once it is stored; writers clone.</summary>
internal sealed class StoredObject(ObjectKey key, long version, JsonObject document)
{
    private byte[]? _utf8;
    private byte[]? _item;

    public ObjectKey Key { get; } = key;

    /// <summary>metadata.resourceVersion as a number.</summary>
    public long Version { get; } = version;

    public JsonObject Document { get; } = document;

    /// <summary>Compact JSON with kind and apiVersion. Serialised once, whoever asks how often; two threads asking at once do the
    /// work twice and get equal bytes.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8 ??= JsonText.Compact(Document);

    /// <summary>As it stands in a typed list, where the list's own kind says what the items are.</summary>
    public ReadOnlyMemory<byte> ListItemUtf8 => _item ??= JsonText.CompactWithout(Document, "kind", "apiVersion");

    public JsonObject Metadata => Document.Object("metadata");

    public string Uid => Metadata.Text("uid") ?? "";

    public bool IsTerminating => Metadata["deletionTimestamp"] is not null;

    /// <summary>The same object as another version sees it; used for a deletion's last state.</summary>
    public StoredObject At(long version)
    {
        var document = Document.Clone();
        document.Object("metadata")["resourceVersion"] = JsonText.Number(version);
        return new StoredObject(Key, version, document);
    }
}
