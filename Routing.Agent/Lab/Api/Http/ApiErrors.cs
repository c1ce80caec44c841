using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Validation;

namespace Routing.Agent.Lab.Api.Http;

/// <summary>The real server's refusals (apimachinery's pkg/api/errors), word for word, since clients match on them.</summary>
internal static class ApiErrors
{
    public static ApiException NotFound(ResourceKind kind, string name) =>
        new(404, "NotFound", $"{kind.QualifiedPlural} \"{name}\" not found", Details(kind, name));

    public static ApiException AlreadyExists(ResourceKind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.QualifiedPlural} \"{name}\" already exists", Details(kind, name));

    public static ApiException Conflict(ResourceKind kind, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {kind.QualifiedPlural} \"{name}\": {why}", Details(kind, name));

    public static ApiException Modified(ResourceKind kind, string name) => Conflict(
        kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiException Forbidden(ResourceKind kind, string name, string why, string? user = null) => new(
        403,
        "Forbidden",
        user is null
            ? $"{kind.QualifiedPlural} \"{name}\" is forbidden: {why}"
            : name.Length == 0
                ? $"{kind.QualifiedPlural} is forbidden: User \"{user}\" {why}"
                : $"{kind.QualifiedPlural} \"{name}\" is forbidden: User \"{user}\" {why}",
        Details(kind, name));

    public static ApiException Invalid(ResourceKind kind, string name, IReadOnlyList<FieldError> errors)
    {
        var causes = new JsonArray([.. errors.Select(error => error.ToCause())]);
        var details = new JsonObject { ["name"] = name };
        if (kind.Group.Length > 0)
        {
            details["group"] = kind.Group;
        }

        details["kind"] = kind.Kind;
        details["causes"] = causes;
        var texts = errors.Select(error => error.ToString()).Distinct(StringComparer.Ordinal).ToArray();
        var text = texts.Length == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
        var qualified = kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";
        return new ApiException(422, "Invalid", $"{qualified} \"{name}\" is invalid: {text}", details);
    }

    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiException UnableToDecode(ResourceKind kind, string why) => BadRequest(
        $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: {why}");

    public static ApiException MethodNotAllowed() => new(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static ApiException NotAcceptable() => new(
        406, "NotAcceptable", "only the following media types are accepted: application/json, application/yaml", []);

    public static ApiException UnsupportedMediaType(params string[] accepted) => new(
        415,
        "UnsupportedMediaType",
        $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted)}",
        []);

    public static ApiException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    /// <summary>A resource under a served group that nobody serves; kubectl words its own message around it.</summary>
    public static ApiException NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource", []);

    public static ApiException ListExpired() =>
        new(410, "Expired", "The resourceVersion for the provided list is too old.");

    public static ApiException ContinueExpired() => new(
        410,
        "Expired",
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue "
        + "parameter.");

    public static ApiException WatchExpired(long version, long oldest) =>
        new(410, "Expired", $"too old resource version: {version} ({oldest})");

    public static ApiException VersionTooLarge(long version, long current) => new(
        504,
        "Timeout",
        $"Too large resource version: {version}, current: {current}",
        new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject
            {
                ["reason"] = "ResourceVersionTooLarge",
                ["message"] = "Too large resource version",
            }),
            ["retryAfterSeconds"] = 1,
        });

    private static JsonObject Details(ResourceKind kind, string name)
    {
        var details = new JsonObject();
        if (name.Length > 0)
        {
            details["name"] = name;
        }

        if (kind.Group.Length > 0)
        {
            details["group"] = kind.Group;
        }

        details["kind"] = kind.Plural;
        return details;
    }
}
