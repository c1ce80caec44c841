using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Sets;

namespace Routing.Agent.BgpConfig.Filters;

/// <summary>Kinds of fields that only filters have.</summary>
internal static class FilterFields
{
    /// <summary>A number, or the bounds of one: 100, {min: 100}, {min: 100, max: 200}.</summary>
    public static ValueRange? Range(this FieldReader reader, string field)
    {
        if (!reader.IsObject(field))
        {
            return reader.Integer(field, 0, uint.MaxValue) is { } number ? ValueRange.Only((uint)number) : null;
        }

        var bounds = reader.Object(field)!;
        var least = (uint?)bounds.Integer("min", 0, uint.MaxValue);
        var greatest = (uint?)bounds.Integer("max", 0, uint.MaxValue);
        if (least > greatest)
        {
            bounds.Report("min", $"{least}", $"at most max, which is {greatest}");
        }

        bounds.End();
        return new ValueRange(least ?? 0, greatest ?? uint.MaxValue);
    }

    /// <summary>Numbers and ranges of them: [65000, 65010-65020].</summary>
    public static Sequence<ValueRange> Ranges(this FieldReader reader, string field, string allowed)
    {
        var ranges = new List<ValueRange>();
        foreach (var (index, text) in (reader.Scalars(field, allowed) ?? []).Index())
        {
            if (ValueRange.TryParse(text, out var range))
            {
                ranges.Add(range);
            }
            else
            {
                reader.Report($"{field}[{index}]", text, allowed);
            }
        }

        return [.. ranges];
    }

    /// <summary>AS numbers, one after the other.</summary>
    public static Sequence<uint> Asns(this FieldReader reader, string field, int most)
    {
        const string Allowed = "AS numbers, as in [65000, 65001]";
        var asns = new List<uint>();
        foreach (var (index, text) in (reader.Scalars(field, Allowed) ?? []).Index())
        {
            if (ValueRange.TryParse(text, out var range) && range.Least == range.Greatest && range.Least > 0)
            {
                asns.Add(range.Least);
            }
            else
            {
                reader.Report($"{field}[{index}]", text, Allowed);
            }
        }

        if (asns.Count > most || (reader.Has(field) && asns.Count == 0 && !reader.HasProblem))
        {
            reader.Report(field, asns.Count == 0 ? "[]" : $"{asns.Count} numbers", $"1 to {most} AS numbers");
        }

        return [.. asns];
    }

    /// <summary>One of a few words, or a list of them.</summary>
    public static Sequence<T> Words<T>(this FieldReader reader, string field, IReadOnlyDictionary<string, T> words)
        where T : struct
    {
        var allowed = $"one or a list of {string.Join(", ", words.Keys)}";
        if (reader.IsText(field))
        {
            return reader.Word(field, words) is { } only ? [only] : [];
        }

        var found = new List<T>();
        foreach (var (index, text) in (reader.Scalars(field, allowed) ?? []).Index())
        {
            if (words.TryGetValue(text, out var word))
            {
                found.Add(word);
            }
            else
            {
                reader.Report($"{field}[{index}]", text, allowed);
            }
        }

        if (found.Count == 0 && reader.Has(field) && !reader.HasProblem)
        {
            reader.Report(field, "[]", allowed);
        }

        return [.. found.Distinct()];
    }
}
