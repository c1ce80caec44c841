using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Routing.Bgp.Wire.Nlri;
using Routing.Policy.Model;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads the fields of one object of a resource and notes everything that is wrong: another type, a value that is
/// not allowed, a field that does not exist. A method gives null for a field that is missing or wrong.</summary>
internal sealed class FieldReader
{
    private const string Hidden = "(not shown)";

    private readonly JsonObject _object;
    private readonly string _path;
    private readonly List<Problem> _problems;
    private readonly List<string> _known = [];

    /// <summary>Reads an object.</summary>
    /// <param name="source">The object.</param>
    /// <param name="path">Its own path, as in "spec"; empty for the whole resource.</param>
    /// <param name="problems">Where problems go.</param>
    public FieldReader(JsonObject source, string path, List<Problem> problems) =>
        (_object, _path, _problems) = (source, path, problems);

    /// <summary>A text.</summary>
    public string? Text(string field) => Value(field) is not { } value ? null
        : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
        : Wrong<string>(field, value, "a string; put it in quotes");

    /// <summary>A truth value.</summary>
    public bool? Boolean(string field) => Value(field) is not { } value ? null
        : value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? value.GetValue<bool>()
        : WrongValue<bool>(field, value, "true or false");

    /// <summary>A whole number between two bounds, inclusive.</summary>
    public long? Integer(string field, long least, long greatest) => Value(field) is not { } value ? null
        : value.GetValueKind() == JsonValueKind.Number
            && long.TryParse(value.ToJsonString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= greatest ? number
        : WrongValue<long>(field, value, $"a whole number from {least} to {greatest}");

    /// <summary>An AS number (RFC 6793; 0 is reserved by RFC 7607).</summary>
    public uint? Asn(string field) => (uint?)Integer(field, 1, uint.MaxValue);

    /// <summary>A list of AS numbers.</summary>
    public ImmutableArray<uint> Asns(string field)
    {
        var asns = ImmutableArray.CreateBuilder<uint>();
        foreach (var (i, item) in (Array(field) ?? []).Index())
        {
            if (item is JsonValue value && value.GetValueKind() == JsonValueKind.Number
                && uint.TryParse(value.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out var asn) && asn > 0)
            {
                asns.Add(asn);
            }
            else
            {
                _problems.Add(new Problem(
                    $"{Path(field)}[{i}]", item is null ? "" : Shown(item), $"an AS number, 1 to {uint.MaxValue}"));
            }
        }

        return asns.ToImmutable();
    }

    /// <summary>An IP address.</summary>
    public IPAddress? Address(string field) => Parse<IPAddress>(
        field, "an IPv4 or IPv6 address, as in 192.0.2.1", static text => IPAddress.TryParse(text, out var a) ? a : null);

    /// <summary>A number written as a dotted quad that is not 0.0.0.0: a BGP Identifier (RFC 6286 §2.1) or cluster id.</summary>
    public IPAddress? Identifier(string field) => Parse<IPAddress>(
        field, "four numbers with dots, as in 192.0.2.1, and not all zero", ParseIdentifier);

    /// <summary>The name of a network interface.</summary>
    public string? InterfaceName(string field) => Parse<string>(
        field, "an interface's name, 1 to 15 characters without / and spaces",
        static text => text.Length is > 0 and < 16 && !text.Any(c => c == '/' || char.IsWhiteSpace(c)) ? text : null);

    /// <summary>A prefix.</summary>
    public Prefix? Prefix(string field)
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        return Bgp.Wire.Nlri.Prefix.TryParse(text, out var prefix) ? prefix
            : WrongValue<Prefix>(field, text, "a prefix whose host bits are zero, as in 10.1.0.0/26");
    }

    /// <summary>A length of time: "90s", "1m30s", "2h", "300ms".</summary>
    public TimeSpan? Duration(string field, TimeSpan least, TimeSpan greatest, string allowed)
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        return DurationText.TryParse(text, out var time) && time >= least && time <= greatest
            ? time
            : WrongValue<TimeSpan>(field, text, allowed);
    }

    /// <summary>One of a few words.</summary>
    public T? Word<T>(string field, IReadOnlyDictionary<string, T> words)
        where T : struct => Text(field) is not { } text ? null
        : words.TryGetValue(text, out var value) ? value
        : WrongValue<T>(field, text, $"one of {string.Join(", ", words.Keys)}");

    /// <summary>A list of texts, each judged on its own.</summary>
    /// <param name="field">The field.</param>
    /// <param name="allowed">What an item may be.</param>
    /// <param name="parse">Null for an item that is not allowed.</param>
    public ImmutableArray<T>? List<T>(string field, string allowed, Func<string, T?> parse)
        where T : class
    {
        var items = ImmutableArray.CreateBuilder<T>();
        if (Array(field) is not { } array)
        {
            return null;
        }

        for (var i = 0; i < array.Count; i++)
        {
            var text = array[i] is JsonValue value && value.TryGetValue(out string? item) ? item : null;
            if (text is not null && parse(text) is { } parsed)
            {
                items.Add(parsed);
            }
            else
            {
                _problems.Add(new Problem($"{Path(field)}[{i}]", text ?? array[i]?.ToJsonString() ?? "", allowed));
            }
        }

        return items.ToImmutable();
    }

    /// <summary>A text that no message may show.</summary>
    public string? SecretText(string field, string allowed)
    {
        switch (Node(field))
        {
            case null:
                return null;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return value.GetValue<string>();
            default:
                Report(field, Hidden, $"{allowed}; a number needs quotes");
                return null;
        }
    }

    /// <summary>True when the field is this very text; then it has been read.</summary>
    public bool IsText(string field, string text)
    {
        var isText = _object[field] is JsonValue value && value.TryGetValue(out string? found) && found == text;
        if (isText)
        {
            _known.Add(field);
        }

        return isText;
    }

    /// <summary>True when the field is there and has fields of its own.</summary>
    public bool IsObject(string field) => _object[field] is JsonObject;

    /// <summary>A list of texts and numbers, the latter as they are written.</summary>
    /// <param name="field">The field.</param>
    /// <param name="allowed">What an item may be.</param>
    public ImmutableArray<string>? Scalars(string field, string allowed)
    {
        if (Array(field) is not { } array)
        {
            return null;
        }

        var items = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; i < array.Count; i++)
        {
            if (array[i] is JsonValue value && value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number)
            {
                items.Add(Shown(array[i]));
            }
            else
            {
                Report($"{field}[{i}]", Shown(array[i]), allowed);
            }
        }

        return items.ToImmutable();
    }

    /// <summary>The fields of an object inside this one.</summary>
    public FieldReader? Object(string field) => Node(field) switch
    {
        null => null,
        JsonObject inner => new FieldReader(inner, Path(field), _problems),
        var other => Wrong<FieldReader>(field, other, "an object with fields of its own"),
    };

    /// <summary>The objects of a list inside this one.</summary>
    public IEnumerable<FieldReader> Objects(string field)
    {
        var array = Array(field);
        for (var i = 0; i < array?.Count; i++)
        {
            if (array[i] is JsonObject inner)
            {
                yield return new FieldReader(inner, $"{Path(field)}[{i}]", _problems);
            }
            else
            {
                _problems.Add(new Problem($"{Path(field)}[{i}]", array[i]?.ToJsonString() ?? "", "an object with fields"));
            }
        }
    }

    /// <summary>True when the field is there.</summary>
    public bool Has(string field) => _object[field] is not null;

    /// <summary>True when a text stands in the field.</summary>
    public bool IsText(string field) => _object[field] is JsonValue value && value.GetValueKind() == JsonValueKind.String;

    /// <summary>True when something is wrong in this object or inside it.</summary>
    public bool HasProblem => _problems.Exists(problem => problem.Field.StartsWith(_path, StringComparison.Ordinal));

    /// <summary>The field must be there.</summary>
    /// <param name="field">The field.</param>
    /// <param name="allowed">What may stand in it.</param>
    public void Require(string field, string allowed)
    {
        if (!Has(field))
        {
            Report(field, "", allowed);
        }
    }

    /// <summary>Notes a problem of a field.</summary>
    public void Report(string field, string value, string allowed) => _problems.Add(new Problem(Path(field), value, allowed));

    /// <summary>Notes every field that nobody asked for: a word that is spelled wrong must not count as its default.</summary>
    public void End()
    {
        foreach (var (field, value) in _object)
        {
            if (!_known.Contains(field))
            {
                _problems.Add(new Problem(
                    Path(field), IsSecretive(field) ? Hidden : Shown(value), $"there is no such field; fields here are {string.Join(", ", _known)}"));
            }
        }
    }

    /// <summary>A password under a misspelled name is still a password.</summary>
    private static bool IsSecretive(string field) =>
        field.Contains("pas", StringComparison.OrdinalIgnoreCase) && !field.EndsWith("ive", StringComparison.OrdinalIgnoreCase)
        || field.Contains("secret", StringComparison.OrdinalIgnoreCase)
        || field.Contains("key", StringComparison.OrdinalIgnoreCase);

    private static IPAddress? ParseIdentifier(string text) =>
        IPAddress.TryParse(text, out var a) && a.ToString() == text
        && a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && !a.Equals(IPAddress.Any) ? a : null;

    private T? Parse<T>(string field, string allowed, Func<string, T?> parse)
        where T : class => Text(field) is not { } text ? null : parse(text) ?? Wrong<T>(field, text, allowed);

    private JsonNode? Node(string field)
    {
        _known.Add(field);
        return _object[field];
    }

    private JsonValue? Value(string field) => Node(field) switch
    {
        null => null,
        JsonValue value => value,
        var other => Wrong<JsonValue>(field, other, "a single value"),
    };

    private JsonArray? Array(string field) => Node(field) switch
    {
        null => null,
        JsonArray array => array,
        var other => Wrong<JsonArray>(field, other, "a list"),
    };

    private T? Wrong<T>(string field, JsonNode value, string allowed)
        where T : class => Wrong<T>(field, Shown(value), allowed);

    private T? Wrong<T>(string field, string value, string allowed)
        where T : class
    {
        Report(field, value, allowed);
        return null;
    }

    private T? WrongValue<T>(string field, JsonNode value, string allowed)
        where T : struct => WrongValue<T>(field, Shown(value), allowed);

    private T? WrongValue<T>(string field, string value, string allowed)
        where T : struct
    {
        Report(field, value, allowed);
        return null;
    }

    private string Path(string field) => _path.Length == 0 ? field : field.Length == 0 ? _path : $"{_path}.{field}";

    private static string Shown(JsonNode? value) =>
        value is JsonValue text && text.TryGetValue(out string? plain) ? plain : value?.ToJsonString() ?? "null";
}
