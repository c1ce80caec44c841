using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Http;

/// <summary>One token, full rights. Without it a caller is system:anonymous, who may see the version and nothing else; with another
/// token it is nobody.</summary>
internal sealed class Authentication(string token)
{
    private const string Scheme = "Bearer ";
    private static readonly string[] Public = ["/version", "/healthz", "/livez", "/readyz"];

    private readonly byte[] _token = Encoding.UTF8.GetBytes(token);

    /// <exception cref="ApiException">401 or 403.</exception>
    public void Check(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            var given = Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim());
            if (!CryptographicOperations.FixedTimeEquals(given, _token))
            {
                throw ApiErrors.Unauthorized();
            }
        }
        else if (!Public.Contains(request.Path.Value))
        {
            throw Refuse(request);
        }
    }

    private static ApiException Refuse(HttpRequest request)
    {
        const string User = "User \"system:anonymous\"";
        if (!RequestPath.TryParse(request.Path.Value ?? "", out var path))
        {
            var method = request.Method.ToLowerInvariant();
            return new ApiException(403, "Forbidden", $"forbidden: {User} cannot {method} path \"{request.Path.Value}\"", []);
        }

        var resource = path.Subresource.Length == 0 ? path.Resource : $"{path.Resource}/{path.Subresource}";
        var qualified = path.Group.Length == 0 ? path.Resource : $"{path.Resource}.{path.Group}";
        var named = path.Name.Length == 0 ? qualified : $"{qualified} \"{path.Name}\"";
        var scope = path.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{path.Namespace}\"";
        var details = new JsonObject();
        if (path.Name.Length > 0)
        {
            details["name"] = path.Name;
        }

        if (path.Group.Length > 0)
        {
            details["group"] = path.Group;
        }

        details["kind"] = path.Resource;
        return new ApiException(
            403,
            "Forbidden",
            $"{named} is forbidden: {User} cannot {Verb(request, path)} resource \"{resource}\" in API group \"{path.Group}\" {scope}",
            details);
    }

    private static string Verb(HttpRequest request, RequestPath path) => request.Method switch
    {
        "GET" when request.Query.IsTrue("watch") => "watch",
        "GET" => path.Name.Length == 0 ? "list" : "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => path.Name.Length == 0 ? "deletecollection" : "delete",
        var other => other.ToLowerInvariant(),
    };
}
