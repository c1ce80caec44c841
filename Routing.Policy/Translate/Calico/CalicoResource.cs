using System.Text.Json;
using Routing.Policy.Model;

namespace Routing.Policy.Translate.Calico;

/// <summary>An object of Calico's as it travels. Both of its API groups have the same kinds with the same fields.</summary>
public abstract class CalicoResource<TSpec> : CustomResource<TSpec>
    where TSpec : class
{
    /// <summary>Where Calico's API server keeps what was written as metadata, in the objects of its store.</summary>
    private const string StoredMetadata = "projectcalico.org/metadata";

    /// <summary>The labels that were written. Of an object of Calico's store most are in an annotation, over those that the object
    /// itself has.</summary>
    internal LabelSet ReadLabels(ProblemList problems)
    {
        var labels = new Dictionary<string, string>(Metadata?.Labels ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        if (Metadata?.Annotations?.TryGetValue(StoredMetadata, out var text) == true)
        {
            foreach (var (key, value) in Stored(text, problems) ?? [])
            {
                labels[key] = value ?? "";
            }
        }

        return LabelSet.From(labels);
    }

    private static Dictionary<string, string?>? Stored(string text, ProblemList problems)
    {
        try
        {
            return JsonSerializer.Deserialize<CalicoStoredMetadata>(text)?.Labels;
        }
        catch (JsonException)
        {
            problems.Add($"metadata.annotations.{StoredMetadata}", text, "metadata in JSON, as Calico's API server writes it");
            return null;
        }
    }
}
