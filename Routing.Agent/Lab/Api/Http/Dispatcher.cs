using System.Text;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Discovery;
using Routing.Agent.Lab.Api.Kinds;

namespace Routing.Agent.Lab.Api.Http;

/// <summary>Every request comes here: who is asking, what for, and what became of it.</summary>
internal sealed partial class Dispatcher(
    Authentication authentication,
    KindRegistry registry,
    DiscoveryEndpoint discovery,
    OpenApiEndpoint openApi,
    ResourceEndpoint resources,
    Action<ApiCall>? audit,
    ILogger logger,
    CancellationToken stopping)
{
    public async Task HandleAsync(HttpContext http)
    {
        // Watches have no end of their own: they end with their client or with the server.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        var cancellationToken = either.Token;
        var (method, path) = (http.Request.Method, http.Request.Path.Value ?? "");
        try
        {
            authentication.Check(http.Request);
            await RouteAsync(http, path, cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException refusal) when (!http.Response.HasStarted)
        {
            await ApiResponse.WriteAsync(http, refusal, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client hung up, or we are stopping: nobody is left to answer.
        }
        catch (Exception e) when (e is IOException or BadHttpRequestException)
        {
            Broken(method, path, e.Message);
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            // The edge of one request: a mistake of ours costs this request only, and is said aloud.
            Failed(e, method, path);
            var status = new ApiException(500, "InternalError", $"Internal error occurred: {e.Message}", new JsonObject
            {
                ["causes"] = new JsonArray(new JsonObject { ["message"] = e.Message }),
            });
            await ApiResponse.WriteAsync(http, status, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RouteAsync(HttpContext http, string path, CancellationToken cancellationToken)
    {
        if (path is "/healthz" or "/livez" or "/readyz")
        {
            await TextAsync(http, 200, "ok", cancellationToken).ConfigureAwait(false);
        }
        else if (RequestPath.TryParse(path, out var resource) && registry.Serves(resource.Group, resource.Version))
        {
            audit?.Invoke(ApiCall.Of(http.Request, resource));
            await resources.HandleAsync(http, resource, cancellationToken).ConfigureAwait(false);
        }
        else if (!await discovery.TryHandleAsync(http, cancellationToken).ConfigureAwait(false)
            && !await openApi.TryHandleAsync(http, cancellationToken).ConfigureAwait(false))
        {
            // What the real server's mux says; kubectl turns it into "could not find the requested resource".
            await TextAsync(http, 404, "404 page not found\n", cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task TextAsync(HttpContext http, int code, string text, CancellationToken cancellationToken)
    {
        ApiResponse.Head(http, code, "text/plain; charset=utf-8");
        await http.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path} broke off: {Reason}")]
    private partial void Broken(string method, string path, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void Failed(Exception e, string method, string path);
}
