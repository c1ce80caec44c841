using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using k8s;

namespace Routing.Agent.KubeApi;

/// <summary>Lists, watches and server-side applies over KubernetesClient's own HttpClient and credentials, so that kubeconfig, in-cluster
/// tokens, client certificates and exec plug-ins stay the library's. Its Watcher is not used: it hides bookmarks' versions inside typed
/// objects, and turns ERROR events into exceptions that have lost their code.</summary>
/// <param name="client">Where and as whom to connect.</param>
/// <param name="limit">How long a GET that is read to its end may take; null for as long as the caller waits.</param>
/// <param name="time">The limit's clock.</param>
internal sealed class ResourceClient(Kubernetes client, TimeSpan? limit = null, TimeProvider? time = null)
{
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    /// <summary>One GET read to its end.</summary>
    /// <exception cref="ApiStatusException">Any answer but 2xx.</exception>
    /// <exception cref="TimeoutException">No whole answer within the limit.</exception>
    public async Task<JsonDocument> GetAsync(string path, CancellationToken cancellationToken)
    {
        if (limit is not { } longest)
        {
            return await ReadAsync(path, cancellationToken).ConfigureAwait(false);
        }

        using var late = new CancellationTokenSource(longest, time ?? TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await ReadAsync(path, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"the API server gave no whole answer within {longest}", e);
        }
    }

    private async Task<JsonDocument> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(path, cancellationToken).ConfigureAwait(false);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return await JsonDocument.ParseAsync(body, default, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A server-side apply; the answer is not looked at.</summary>
    /// <param name="path">With the field manager.</param>
    /// <param name="body">The fields that the manager wants; JSON is YAML.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ApiStatusException">Any answer but 2xx.</exception>
    public async Task ApplyAsync(string path, string body, CancellationToken cancellationToken)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/apply-patch+yaml");
        (await SendAsync(HttpMethod.Patch, path, content, cancellationToken).ConfigureAwait(false)).Dispose();
    }

    /// <summary>A GET whose body is a stream of lines. Returns as soon as the headers are here.</summary>
    /// <exception cref="ApiStatusException">Any answer but 2xx.</exception>
    public Task<HttpResponseMessage> SendAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, cancellationToken);

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path)) { Content = content };
        request.Version = HttpVersion.Version20; // or lower: plain http stays at 1.1
        request.Headers.Accept.Add(Json);
        if (client.Credentials is not null)
        {
            await client.Credentials.ProcessHttpRequestAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var response = await client.HttpClient
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            throw ToException((int)response.StatusCode, text);
        }
    }

    /// <summary>The error inside a Status object, which proxies in between may have replaced by any text.</summary>
    public static ApiStatusException ToException(int code, string text)
    {
        try
        {
            using var status = JsonDocument.Parse(text);
            return ToException(code, status.RootElement);
        }
        catch (JsonException)
        {
            return new ApiStatusException(code, "", text.Length > 200 ? text[..200] : text);
        }
    }

    /// <inheritdoc cref="ToException(int, string)"/>
    public static ApiStatusException ToException(int code, JsonElement status)
    {
        if (status.ValueKind != JsonValueKind.Object)
        {
            return new ApiStatusException(code, "", status.GetRawText());
        }

        string Text(string name) =>
            status.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        if (status.TryGetProperty("code", out var number) && number.TryGetInt32(out var inner))
        {
            code = inner;
        }

        return new ApiStatusException(code, Text("reason"), Text("message"));
    }
}
