using System.Text.Json.Nodes;
using Google.Protobuf;

namespace Routing.Agent.Lab.Api.Protobuf;

/// <summary>Reads Kubernetes' protobuf envelope ("k8s" and a zero, then a runtime.Unknown) into the JSON it stands for.</summary>
internal static class ProtoReader
{
    private static readonly byte[] Magic = [.. "k8s"u8, 0];

    private static readonly Dictionary<uint, ProtoField> TypeMeta = new()
    {
        [1] = new ProtoField("apiVersion", ProtoType.Text),
        [2] = new ProtoField("kind", ProtoType.Text),
    };

    private static readonly Dictionary<uint, ProtoField> Envelope = new()
    {
        [1] = new ProtoField("typeMeta", ProtoType.Message, Message: TypeMeta),
        [2] = new ProtoField("raw", ProtoType.Octets),
    };

    /// <returns>The document, or null for a kind whose fields <see cref="ProtoMessages"/> does not list.</returns>
    /// <exception cref="InvalidDataException">Not such an envelope.</exception>
    /// <exception cref="InvalidProtocolBufferException">Not protobuf inside.</exception>
    public static JsonObject? Read(byte[] octets)
    {
        if (!octets.AsSpan().StartsWith(Magic))
        {
            throw new InvalidDataException("it does not begin with k8s and a zero octet");
        }

        var envelope = ReadMessage(new CodedInputStream(octets, Magic.Length, octets.Length - Magic.Length), Envelope);
        var kind = envelope.Text("typeMeta", "kind") ?? "";
        if (ProtoMessages.Find(kind) is not { } message)
        {
            return null;
        }

        var document = ReadMessage(new CodedInputStream(Convert.FromBase64String(envelope.Text("raw") ?? "")), message);
        document["apiVersion"] = envelope.Text("typeMeta", "apiVersion");
        document["kind"] = kind;
        return document;
    }

    private static JsonObject ReadMessage(CodedInputStream input, IReadOnlyDictionary<uint, ProtoField> message)
    {
        var result = new JsonObject();
        uint tag;
        while ((tag = input.ReadTag()) != 0)
        {
            if (message.TryGetValue((uint)WireFormat.GetTagFieldNumber(tag), out var field))
            {
                ReadField(input, field, result);
            }
            else
            {
                input.SkipLastField();
            }
        }

        return result;
    }

    private static void ReadField(CodedInputStream input, ProtoField field, JsonObject result)
    {
        if (field.Type is ProtoType.TextMap or ProtoType.OctetsMap)
        {
            var value = new ProtoField("value", field.Type == ProtoType.TextMap ? ProtoType.Text : ProtoType.Octets);
            var entry = ReadMessage(
                new CodedInputStream(input.ReadBytes().ToByteArray()),
                new Dictionary<uint, ProtoField> { [1] = new("key", ProtoType.Text), [2] = value });
            result.Object(field.Name)[entry.Text("key") ?? ""] = entry.Text("value") ?? "";
            return;
        }

        JsonNode one = field.Type switch
        {
            ProtoType.Text => input.ReadString(),
            ProtoType.Octets => Convert.ToBase64String(input.ReadBytes().Span),
            ProtoType.Truth => input.ReadBool(),
            ProtoType.Number => input.ReadInt64(),
            _ => ReadMessage(new CodedInputStream(input.ReadBytes().ToByteArray()), field.Message!),
        };
        if (!field.Repeated)
        {
            // Go writes empty strings too; JSON leaves them out.
            if (one is not JsonValue text || text.Text() != "")
            {
                result[field.Name] = one;
            }
        }
        else if (result[field.Name] is JsonArray list)
        {
            list.Add(one);
        }
        else
        {
            result[field.Name] = new JsonArray(one);
        }
    }
}
