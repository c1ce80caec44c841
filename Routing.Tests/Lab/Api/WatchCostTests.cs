using System.Diagnostics;

namespace Routing.Tests.Lab.Api;

/// <summary>Many watchers of many objects.</summary>
internal sealed class WatchCostTests
{
    [Test]
    public async Task Fifty_watchers_all_get_every_one_of_two_thousand_changes_in_order()
    {
        const int Watchers = 50;
        const int Objects = 1000;
        await using var api = await TestApi.StartAsync();
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(180));
        var watches = new List<Task<List<string>>>();
        for (var i = 0; i < Watchers; i++)
        {
            var response = await api.Http.GetAsync(
                "/api/v1/configmaps?watch=1&resourceVersion=" + api.Server.Store.Version, HttpCompletionOption.ResponseHeadersRead, end.Token);
            watches.Add(ReadAsync(response, 2 * Objects, end.Token));
        }

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Objects; i++)
        {
            await api.OkAsync("POST", "/api/v1/namespaces/default/configmaps", $$$"""{"metadata":{"name":"m{{{i}}}"} }""");
            await api.OkAsync("DELETE", $"/api/v1/namespaces/default/configmaps/m{i}");
        }

        var written = clock.Elapsed;
        var expected = Enumerable.Range(0, Objects).SelectMany(i => new[] { $"ADDED m{i}", $"DELETED m{i}" }).ToList();
        foreach (var events in await Task.WhenAll(watches))
        {
            Assert.That(events, Is.EqualTo(expected));
        }

        TestContext.Out.WriteLine(
            $"{2 * Objects} changes to {Watchers} watchers: written in {written.TotalSeconds:F2} s, all seen after {clock.Elapsed.TotalSeconds:F2} s");
    }

    private static async Task<List<string>> ReadAsync(HttpResponseMessage response, int count, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        var events = new List<string>();
        while (events.Count < count && await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var type = line.Split('"')[3];
            var at = line.IndexOf("\"name\":\"", StringComparison.Ordinal) + 8;
            events.Add($"{type} {line[at..line.IndexOf('"', at)]}");
        }

        response.Dispose();
        return events;
    }
}
