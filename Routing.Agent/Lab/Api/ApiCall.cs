using Routing.Agent.Lab.Api.Http;

namespace Routing.Agent.Lab.Api;

/// <summary>A request in the words that roles grant (what a real server's audit log holds of it).</summary>
/// <param name="Verb">get, list, watch, create, update, patch, delete or deletecollection.</param>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Resource">Plural name, with "/SUBRESOURCE" where one was asked for.</param>
public readonly record struct ApiCall(string Verb, string Group, string Resource)
{
    internal static ApiCall Of(HttpRequest request, RequestPath path)
    {
        var verb = (request.Method, path.Name.Length > 0) switch
        {
            ("GET", _) when request.Query.IsTrue("watch") => "watch",
            ("GET", true) => "get",
            ("GET", false) => "list",
            ("POST", _) => "create",
            ("PUT", _) => "update",
            ("DELETE", false) => "deletecollection",
            var (method, _) => method.ToLowerInvariant(),
        };
        var resource = path.Subresource.Length > 0 ? $"{path.Resource}/{path.Subresource}" : path.Resource;
        return new ApiCall(verb, path.Group, resource);
    }
}
