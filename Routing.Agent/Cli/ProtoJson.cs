using Google.Protobuf;

namespace Routing.Agent.Cli;

/// <summary>Replies as JSON: protobuf's own mapping, so that field names are those of the .proto files and every field
/// is there even when it is zero.</summary>
internal static class ProtoJson
{
    private static readonly JsonFormatter Indented =
        new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithIndentation());

    private static readonly JsonFormatter OneLine = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    /// <summary>For people and jq.</summary>
    public static string Format(IMessage message) => Indented.Format(message);

    /// <summary>For an element of a long array.</summary>
    public static string FormatLine(IMessage message) => OneLine.Format(message);
}
