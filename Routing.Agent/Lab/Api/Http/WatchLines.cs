using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Storage;
using Routing.Agent.Lab.Api.Tables;
using Routing.Agent.Lab.Api.Writing;

namespace Routing.Agent.Lab.Api.Http;

/// <summary>Writes the lines of one watch in the form its client asked for. Full objects are copied from octets that all watches
/// share; tables are made for each.</summary>
internal sealed class WatchLines(ResourceKind kind, ResponseForm form, string includeObject, TimeProvider time)
{
    private bool _columnsSent;

    public void Write(IBufferWriter<byte> output, WatchEventType type, StoredObject item)
    {
        output.Write(Change.LineStart(type));
        output.Write(form switch
        {
            ResponseForm.Table => JsonText.Compact(Table(item)),
            ResponseForm.Metadata => JsonText.Compact(TableRenderer.PartialMetadata(item)),
            _ when item.Document.Text("apiVersion") == kind.ApiVersion => item.Utf8,
            _ => JsonText.Compact(NextVersion.InVersion(item.Document, kind)),
        });
        output.Write("}\n"u8);
    }

    /// <summary>An empty object of the kind that only carries a version.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="version">Everything up to here was sent.</param>
    /// <param name="endsInitial">The first events, those of what existed, are over.</param>
    public void WriteBookmark(IBufferWriter<byte> output, long version, bool endsInitial)
    {
        var metadata = new JsonObject { ["resourceVersion"] = JsonText.Number(version), ["creationTimestamp"] = null };
        if (endsInitial)
        {
            metadata["annotations"] = new JsonObject
            {
                ["k8s.io/initial-events-end"] = "true",
                ["kubernetes.io/initial-events-list-blueprint"] = Blueprint(),
            };
        }

        var item = new JsonObject { ["kind"] = kind.Kind, ["apiVersion"] = kind.ApiVersion, ["metadata"] = metadata };
        foreach (var (name, value) in kind.Zero)
        {
            item[name] = value?.DeepClone();
        }

        WriteLine(output, "BOOKMARK", form == ResponseForm.Table ? Table(new StoredObject(default, version, item)) : item);
    }

    public static void WriteError(IBufferWriter<byte> output, ApiException error) => WriteLine(output, "ERROR", error.ToStatus());

    private static void WriteLine(IBufferWriter<byte> output, string type, JsonObject item)
    {
        output.Write(JsonText.Compact(new JsonObject { ["type"] = type, ["object"] = item }).AsSpan());
        output.Write("\n"u8);
    }

    private JsonObject Table(StoredObject item)
    {
        var first = !_columnsSent;
        _columnsSent = true;
        var metadata = new JsonObject { ["resourceVersion"] = JsonText.Number(item.Version) };
        return TableRenderer.Render(kind, [item], metadata, includeObject, time.GetUtcNow(), first);
    }

    /// <summary>The empty list these objects would stand in, which client-go's informers ask for.</summary>
    private string Blueprint() => Convert.ToBase64String(Encoding.UTF8.GetBytes(
        $"{{\"kind\":\"{kind.ListKind}\",\"apiVersion\":\"{kind.ApiVersion}\",\"metadata\":{{}},\"items\":null}}\n"));
}
