using System.Text.Json;
using System.Text.Json.Serialization;

namespace Routing.Agent.Lab.Report;

/// <summary>The report for programs.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>One document.</summary>
    public static string Format(LabReport report) => JsonSerializer.Serialize(report, Options);
}
