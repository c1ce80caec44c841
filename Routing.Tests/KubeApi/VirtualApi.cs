using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using k8s;

namespace Routing.Tests.KubeApi;

/// <summary>An API server in memory, behind KubernetesClient's own connection: no socket and no clock, so that an hour passes at
/// once. It is away in every way there is.</summary>
internal sealed class VirtualApi : DelegatingHandler
{
    private const string Definitions = "apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ImmutableSortedDictionary<string, JsonObject>> _collections = [];
    private readonly List<(string Collection, Channel<string> Lines, TimeSpan End)> _watches = [];
    private readonly Dictionary<string, int> _requests = [];
    private Func<string, Outage> _outage = _ => Outage.None;
    private TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _now;
    private int _version = 1;
    private int _oldest = 1;

    /// <summary>How many requests there were, by collection.</summary>
    public IReadOnlyDictionary<string, int> Requests
    {
        get
        {
            lock (_lock)
            {
                return _requests.ToImmutableDictionary();
            }
        }
    }

    /// <summary>A client that reaches it.</summary>
    public Kubernetes Client() => new(new KubernetesClientConfiguration { Host = "http://virtual" }, this);

    /// <summary>Goes away, or comes back. Every open watch is lost, and of what changed until now only lists know.</summary>
    /// <param name="outage">In which way, by the collection's path.</param>
    /// <param name="areWatchesKept">Those that are open stay so.</param>
    public void Be(Func<string, Outage> outage, bool areWatchesKept = false)
    {
        lock (_lock)
        {
            _outage = outage;
            _over.SetResult();
            _over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (areWatchesKept)
            {
                return;
            }

            _oldest = ++_version;
            foreach (var (_, lines, _) in _watches.Where(watch => outage(watch.Collection) != Outage.Silent))
            {
                lines.Writer.TryComplete(new IOException("the connection is lost"));
            }

            _watches.Clear();
        }
    }

    /// <summary>Lets time pass: watches that were asked for so long end.</summary>
    public void Pass(TimeSpan time)
    {
        lock (_lock)
        {
            _now += time;
            foreach (var (_, lines, _) in _watches.Where(watch => watch.End <= _now))
            {
                lines.Writer.TryComplete();
            }

            _watches.RemoveAll(watch => watch.End <= _now);
        }
    }

    /// <summary>Says on open watches how far they are.</summary>
    /// <param name="collections">On which.</param>
    public void Bookmark(Func<string, bool> collections)
    {
        lock (_lock)
        {
            foreach (var (_, lines, _) in _watches.Where(watch => collections(watch.Collection)))
            {
                lines.Writer.TryWrite($$$"""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"{{{_version}}}"} } }""");
            }
        }
    }

    /// <summary>Puts an object there, or another in its place.</summary>
    /// <param name="collection">"api/v1/pods".</param>
    /// <param name="json">With its name.</param>
    public void Put(string collection, string json) => Change(collection, JsonNode.Parse(json)!.AsObject(), isGone: false);

    /// <summary>Takes one away.</summary>
    public void Delete(string collection, string name) =>
        Change(collection, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name.Split('/')[^1], ["namespace"] = name.Contains('/') ? name.Split('/')[0] : null } }, isGone: true);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await AnswerAsync(request, cancellationToken);
        response.RequestMessage = request;
        return response;
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath.TrimStart('/');
        Outage outage;
        Task over;
        lock (_lock)
        {
            _requests[path] = _requests.GetValueOrDefault(path) + 1;
            (outage, over) = (_outage(path), _over.Task);
        }

        var isWatch = request.RequestUri.Query.Contains("watch=true", StringComparison.Ordinal);
        switch (outage)
        {
            case Outage.Refused:
                throw new HttpRequestException("Connection refused (virtual:80)");
            case Outage.ServerError:
                return Answer(HttpStatusCode.ServiceUnavailable, """{"kind":"Status","message":"etcd is away","code":503}""");
            case Outage.Slow:
                await over.WaitAsync(cancellationToken);
                break;
            case Outage.Hangs or Outage.Silent:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case Outage.HangsInside:
                return Answer(HttpStatusCode.OK, new SilentStream());
            case Outage.ProxyPage:
                return Answer(HttpStatusCode.OK, """{"metadata":{"resourceVersion":"9"},"message":"back soon"}""");
            case Outage.EndsAtOnce when isWatch:
                return Answer(HttpStatusCode.OK, "");
            case Outage.KnowsNoPath:
                return NoPath();
        }

        lock (_lock)
        {
            return isWatch ? Watch(path, request.RequestUri.Query) : Get(path);
        }
    }

    private static HttpResponseMessage NoPath() => Answer(HttpStatusCode.NotFound, "404 page not found");

    private static HttpResponseMessage NotFound() =>
        Answer(HttpStatusCode.NotFound, """{"kind":"Status","reason":"NotFound","message":"it is not there","code":404}""");

    private static HttpResponseMessage Answer(HttpStatusCode code, string text) =>
        new(code) { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    private static HttpResponseMessage Answer(HttpStatusCode code, Stream stream) => new(code) { Content = new StreamContent(stream) };

    private static string NameOf(JsonNode item) => $"{item["metadata"]!["namespace"]}/{item["metadata"]!["name"]}";

    private HttpResponseMessage Get(string path)
    {
        if (_collections.TryGetValue(path, out var items) || !path.StartsWith("apis/", StringComparison.Ordinal))
        {
            if (path.Split('/') is ["api", "v1", "namespaces", var home, "pods", var pod])
            {
                return _collections["api/v1/pods"].TryGetValue($"{home}/{pod}", out var found) ? Answer(HttpStatusCode.OK, found.ToJsonString()) : NotFound();
            }

            var list = new JsonObject
            {
                ["kind"] = "List",
                ["metadata"] = new JsonObject { ["resourceVersion"] = $"{_version}" },
                ["items"] = new JsonArray([.. (items?.Values ?? []).Select(item => item.DeepClone())]),
            };
            return Answer(HttpStatusCode.OK, list.ToJsonString());
        }

        if (path.StartsWith(Definitions, StringComparison.Ordinal))
        {
            return _collections.Keys.Any(key => path.EndsWith($"/{key.Split('/')[^1]}.{key.Split('/')[1]}", StringComparison.Ordinal))
                ? Answer(HttpStatusCode.OK, """{"metadata":{"name":"it"}}""")
                : NotFound();
        }

        string[] known = ["apis/routing.dev/", "apis/discovery.k8s.io/", "apis/networking.k8s.io/"];
        return Array.Exists(known, group => path.StartsWith(group, StringComparison.Ordinal))
            ? Answer(HttpStatusCode.OK, $$$"""{"metadata":{"resourceVersion":"{{{_version}}}"},"items":[]}""")
            : NoPath();
    }

    private HttpResponseMessage Watch(string path, string query)
    {
        int Parameter(string name) => int.Parse(query.Split($"{name}=")[1].Split('&')[0], System.Globalization.CultureInfo.InvariantCulture);
        var from = Parameter("resourceVersion");
        if (from < _oldest)
        {
            return Answer(HttpStatusCode.Gone, """{"kind":"Status","reason":"Expired","message":"too old","code":410}""");
        }

        var lines = Channel.CreateUnbounded<string>();
        _watches.Add((path, lines, _now + TimeSpan.FromSeconds(Parameter("timeoutSeconds"))));
        var pipe = new Pipe();
        _ = PumpAsync(lines.Reader, pipe.Writer);
        return Answer(HttpStatusCode.OK, pipe.Reader.AsStream());
    }

    private static async Task PumpAsync(ChannelReader<string> lines, PipeWriter into)
    {
        try
        {
            await foreach (var line in lines.ReadAllAsync())
            {
                await into.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
            }

            await into.CompleteAsync();
        }
        catch (IOException e)
        {
            await into.CompleteAsync(e);
        }
    }

    private void Change(string collection, JsonObject item, bool isGone)
    {
        lock (_lock)
        {
            item["metadata"]!["resourceVersion"] = $"{++_version}";
            var items = _collections.GetValueOrDefault(collection, ImmutableSortedDictionary.Create<string, JsonObject>(StringComparer.Ordinal));
            _collections[collection] = isGone ? items.Remove(NameOf(item)) : items.SetItem(NameOf(item), item);
            var line = new JsonObject { ["type"] = isGone ? "DELETED" : items.ContainsKey(NameOf(item)) ? "MODIFIED" : "ADDED", ["object"] = item.DeepClone() };
            foreach (var watch in _watches.Where(watch => watch.Collection == collection))
            {
                watch.Lines.Writer.TryWrite(line.ToJsonString());
            }
        }
    }

    /// <summary>Headers came, and then nothing.</summary>
    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            await ReadAsync(buffer.AsMemory(offset, count), cancellationToken);
    }
}
