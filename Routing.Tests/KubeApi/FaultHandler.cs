using System.Net;
using System.Text;

namespace Routing.Tests.KubeApi;

/// <summary>Stands between KubernetesClient and the API, notes what is asked, and fails on request.</summary>
internal sealed class FaultHandler : DelegatingHandler
{
    private readonly Lock _lock = new();
    private readonly Queue<Func<HttpRequestMessage, HttpResponseMessage>> _answers = [];
    private readonly List<BreakableStream> _streams = [];
    private readonly List<string> _requests = [];

    /// <summary>What every request fails with; null for none.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Path and query of every request so far.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    public IEnumerable<string> Lists => Requests.Where(path => !path.Contains("watch=true", StringComparison.Ordinal));

    public IEnumerable<string> Watches => Requests.Where(path => path.Contains("watch=true", StringComparison.Ordinal));

    /// <summary>The next request is answered with this status instead of being sent.</summary>
    public void AnswerNext(HttpStatusCode code, string reason = "", string message = "made to fail")
    {
        lock (_lock)
        {
            _answers.Enqueue(request => new HttpResponseMessage(code)
            {
                RequestMessage = request,
                Content = new StringContent(
                    $$"""{"kind":"Status","status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{(int)code}}}""",
                    Encoding.UTF8,
                    "application/json"),
            });
        }
    }

    /// <summary>Every open answer breaks off, wherever it stands, as when the connection is lost.</summary>
    public void BreakAll()
    {
        lock (_lock)
        {
            _streams.ForEach(stream => stream.Break());
            _streams.Clear();
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Failure is { } failure)
        {
            throw failure;
        }

        Func<HttpRequestMessage, HttpResponseMessage>? answer;
        lock (_lock)
        {
            _requests.Add(request.RequestUri!.PathAndQuery);
            _answers.TryDequeue(out answer);
        }

        if (answer is not null)
        {
            return answer(request);
        }

        var response = await base.SendAsync(request, cancellationToken);
        var stream = new BreakableStream(await response.Content.ReadAsStreamAsync(cancellationToken));
        var content = new StreamContent(stream);
        foreach (var (name, values) in response.Content.Headers)
        {
            content.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = content;
        lock (_lock)
        {
            _streams.Add(stream);
        }

        return response;
    }
}
