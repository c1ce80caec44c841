using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api;
using Routing.Tests.Fakes;

namespace Routing.Tests.Lab.Api;

/// <summary>Replays what was asked of a real API server and compares the answers.</summary>
internal sealed class TranscriptTests
{
    private const string Policies = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies";

    // Each transcript builds on those before it; 22 was answered before the compaction that 21 shows.
    private static readonly string[] Order =
    [
        "01-create-conflict-409", "02-list", "03-get-404", "04-create-invalid-422", "05-create-unknown-field-strict-400",
        "06-merge-patch", "07-strategic-merge-patch", "08-json-patch", "09-server-side-apply", "10-put-stale-409",
        "11-watch-from-0-with-bookmarks", "12-delete", "13-list-limit-continue", "14-list-continue", "15-watch-sendInitialEvents",
        "16-table", "17-fieldselector", "18-labelselector", "19-lease-create", "20-unauthenticated-403", "22-watch-too-old-410",
        "21-list-exact-compacted-410",
    ];

    [Test]
    public async Task Answers_as_the_real_server_did()
    {
        var time = new ManualTime();
        await using var api = await TestApi.StartAsync(new LabApiOptions { FirstResourceVersion = 1, Time = time });
        await PrepareAsync(api);
        string? token = null;
        Assert.Multiple(() => Assert.That(Order, Has.Length.EqualTo(Directory.GetFiles(Transcript.Folder, "*.http").Length)));
        foreach (var name in Order)
        {
            var transcript = Transcript.Read(name);
            if (name.StartsWith("21", StringComparison.Ordinal))
            {
                api.Server.Store.Compact();
            }

            using var request = Request(transcript, token);
            using var response = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var body = transcript.Path.Contains("watch=1", StringComparison.Ordinal)
                ? await FollowAsync(api, time, transcript, response)
                : await response.Content.ReadAsStringAsync();
            Compare(transcript, response, body);
            time.Advance(TimeSpan.FromSeconds(1));
            token = response.IsSuccessStatusCode && !transcript.Path.Contains("watch", StringComparison.Ordinal)
                ? JsonNode.Parse(body)?["metadata"]?["continue"]?.GetValue<string>() ?? token
                : token;
        }
    }

    /// <summary>What had been applied before the recording began.</summary>
    private static async Task PrepareAsync(TestApi api)
    {
        const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";
        var shop = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = "shop",
                ["labels"] = new JsonObject { ["team"] = "blue" },
                ["annotations"] = new JsonObject
                {
                    [Annotation] = "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"annotations\":{},\"labels\":{\"team\":"
                        + "\"blue\"},\"name\":\"shop\"}}\n",
                },
            },
        };
        var db = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = "db",
                ["annotations"] = new JsonObject
                {
                    [Annotation] = "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\",\"metadata\":{\"annotations\":{},"
                        + "\"name\":\"db\",\"namespace\":\"shop\"},\"spec\":{\"ingress\":[{\"from\":[{\"podSelector\":{\"matchLabels\":{"
                        + "\"app\":\"api\"}}}],\"ports\":[{\"port\":5432}]}],\"podSelector\":{\"matchLabels\":{\"app\":\"db\"}},"
                        + "\"policyTypes\":[\"Ingress\"]}}\n",
                },
            },
            ["spec"] = JsonNode.Parse(
                """
                {"ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"api"}}}],"ports":[{"port":5432}]}],
                 "podSelector":{"matchLabels":{"app":"db"}},"policyTypes":["Ingress"]}
                """),
        };
        await api.OkAsync("POST", "/api/v1/namespaces?fieldManager=kubectl-client-side-apply", shop.ToJsonString());
        await api.OkAsync("POST", $"{Policies}?fieldManager=kubectl-client-side-apply", db.ToJsonString());
    }

    private static HttpRequestMessage Request(Transcript transcript, string? token)
    {
        var path = transcript.IsAnonymous ? "/api/v1/namespaces" : transcript.Path;
        if (path.IndexOf("continue=", StringComparison.Ordinal) is var at and >= 0)
        {
            path = path[..at] + "continue=" + token; // ours names our versions
        }

        var request = new HttpRequestMessage(new HttpMethod(transcript.IsAnonymous ? "GET" : transcript.Method), path);
        if (transcript.IsAnonymous)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic");
        }

        foreach (var (name, value) in transcript.RequestHeaders.Where(header => header.Key != "Content-Type"))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (transcript.RequestBody.Length > 0)
        {
            request.Content = new StringContent(transcript.RequestBody, Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(transcript.RequestHeaders["Content-Type"]);
        }

        return request;
    }

    /// <summary>Reads a watch to its end, which the clock brings; 11 has changes in the middle.</summary>
    private static async Task<string> FollowAsync(
        TestApi api, ManualTime time, Transcript transcript, HttpResponseMessage response)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var text = new StringBuilder();
        async Task TakeAsync(int lines)
        {
            for (var i = 0; i < lines; i++)
            {
                text.AppendLine(await reader.ReadLineAsync());
            }
        }

        var expected = Normal.Lines(transcript.Body).Count;
        if (transcript.Name.StartsWith("11", StringComparison.Ordinal))
        {
            await TakeAsync(3);
            await api.OkAsync("PATCH", $"{Policies}/db", """{"metadata":{"labels":{"w":"1"}}}""", "application/merge-patch+json");
            await api.OkAsync("DELETE", $"{Policies}/ssa");
            await TakeAsync(2);
        }
        else
        {
            await TakeAsync(expected);
        }

        var rest = reader.ReadToEndAsync();
        while (!rest.IsCompleted)
        {
            await Until.TrueAsync("the watch waits for the clock", () => time.ArmedTimers > 0 || rest.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        return text + await rest;
    }

    private static void Compare(Transcript transcript, HttpResponseMessage response, string body)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)response.StatusCode, Is.EqualTo(transcript.Code), transcript.Name + ": " + body);
            Assert.That(response.Content.Headers.ContentType?.ToString(), Is.EqualTo(transcript.Headers["Content-Type"]), transcript.Name);
            Assert.That(
                response.Headers.CacheControl?.ToString().Split(", ").Order(),
                Is.EqualTo(transcript.Headers["Cache-Control"].Split(", ").Order()),
                transcript.Name);
            if (transcript.Path.Contains("watch=1", StringComparison.Ordinal))
            {
                Assert.That(Normal.Lines(body), Is.EqualTo(Normal.Lines(transcript.Body)), transcript.Name);
            }
            else
            {
                Assert.That(
                    Normal.Text(JsonNode.Parse(body)).Split('\n'),
                    Is.EqualTo(Normal.Text(JsonNode.Parse(transcript.Body)).Split('\n')),
                    transcript.Name);
            }
        }
    }
}
