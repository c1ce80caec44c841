using Google.Protobuf;
using Routing.Agent.Lab.Api.Kinds;

namespace Routing.Agent.Lab.Api.Discovery;

/// <summary>OpenAPI version 2 in protobuf (gnostic's openapi_v2.Document), the only form old kubectl asks for: the PATCH of each
/// kind with its parameters, where a kubectl before 1.27 looks whether the server knows dry runs. No definitions.</summary>
internal static class OpenApi2Document
{
    public static byte[] Create(IEnumerable<ResourceKind> kinds, IEnumerable<string> parameters)
    {
        var names = parameters.ToArray();
        return Message(document =>
        {
            document.Text(1, "2.0"); // swagger
            document.Nested(2, info =>
            {
                info.Text(1, "routing-lab");
                info.Text(2, "v1");
            });
            document.Nested(8, paths =>
            {
                foreach (var kind in kinds)
                {
                    paths.Nested(2, path =>
                    {
                        path.Text(1, OpenApiEndpoint.ObjectPath(kind));
                        path.Nested(2, item => item.Nested(8, patch => WritePatch(patch, kind, names)));
                    });
                }
            });
        });
    }

    private static void WritePatch(CodedOutputStream patch, ResourceKind kind, string[] parameters)
    {
        foreach (var name in parameters)
        {
            // ParametersItem.parameter, Parameter.non_body_parameter, its query_parameter_sub_schema.
            patch.Nested(8, item => item.Nested(1, parameter => parameter.Nested(2, other => other.Nested(3, query =>
            {
                query.Text(2, "query"); // in
                query.Text(4, name);
                query.Text(6, "string"); // type
            }))));
        }

        // vendor_extension: a name and an Any that holds YAML.
        patch.Nested(13, extension =>
        {
            extension.Text(1, "x-kubernetes-group-version-kind");
            extension.Nested(2, any => any.Text(2, $"group: \"{kind.Group}\"\nkind: {kind.Kind}\nversion: {kind.Version}\n"));
        });
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var buffer = new MemoryStream();
        using (var stream = new CodedOutputStream(buffer, leaveOpen: true))
        {
            write(stream);
        }

        return buffer.ToArray();
    }

    private static void Nested(this CodedOutputStream stream, int field, Action<CodedOutputStream> write)
    {
        stream.WriteTag(field, WireFormat.WireType.LengthDelimited);
        stream.WriteBytes(ByteString.CopyFrom(Message(write)));
    }

    private static void Text(this CodedOutputStream stream, int field, string text)
    {
        stream.WriteTag(field, WireFormat.WireType.LengthDelimited);
        stream.WriteString(text);
    }
}
