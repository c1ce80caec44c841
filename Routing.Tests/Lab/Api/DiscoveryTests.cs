using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Routing.Tests.Lab.Api;

/// <summary>Discovery documents, compared with a real server's for what both serve.</summary>
internal sealed class DiscoveryTests
{
    private TestApi _api = null!;

    [SetUp]
    public async Task Start() => _api = await TestApi.StartAsync();

    [TearDown]
    public async Task Stop() => await _api.DisposeAsync();

    [TestCase("/api/v1", "api_v1")]
    [TestCase("/apis/apps/v1", "apis_apps_v1")]
    [TestCase("/apis/networking.k8s.io/v1", "apis_networking.k8s.io_v1")]
    [TestCase("/apis/discovery.k8s.io/v1", "apis_discovery.k8s.io_v1")]
    [TestCase("/apis/coordination.k8s.io/v1", "apis_coordination.k8s.io_v1")]
    [TestCase("/apis/apiextensions.k8s.io/v1", "apis_apiextensions.k8s.io_v1")]
    public async Task Resources_are_described_as_the_real_server_describes_them(string path, string document)
    {
        var ours = await _api.OkAsync("GET", path);
        var real = Golden(document).AsObject();

        // The core list of the real server lacks apiVersion; that of the groups has it.
        foreach (var (name, value) in real.Where(pair => pair.Key != "resources"))
        {
            Assert.That(ours[name]!.ToJsonString(), Is.EqualTo(value!.ToJsonString()), name);
        }

        var realRows = Rows(real);
        foreach (var (name, row) in Rows(ours))
        {
            Assert.That(Normal.Text(row), Is.EqualTo(Normal.Text(realRows[name])), name);
        }
    }

    [Test]
    public async Task Groups_are_listed_as_the_real_server_lists_them()
    {
        var ours = await _api.OkAsync("GET", "/apis");
        var real = Golden("apis")["groups"]!.AsArray().ToDictionary(group => (string)group!["name"]!, Normal.Text);

        Assert.That(ours["groups"]!.AsArray(), Has.Count.EqualTo(6));
        foreach (var group in ours["groups"]!.AsArray())
        {
            Assert.That(Normal.Text(group), Is.EqualTo(real[(string)group!["name"]!]));
        }
    }

    [Test]
    public async Task The_aggregated_document_describes_the_same_resources()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"));
        using var response = await _api.Http.SendAsync(request);
        var ours = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        var real = Golden("aggregated_api");

        Assert.That(response.Content.Headers.ContentType!.ToString().Replace(" ", ""), Does.Contain("as=APIGroupDiscoveryList"));
        Assert.That(ours["apiVersion"]!.ToJsonString(), Is.EqualTo(real["apiVersion"]!.ToJsonString()));
        Assert.That(Normal.Text(ours["items"]![0]!["metadata"]), Is.EqualTo(Normal.Text(real["items"]![0]!["metadata"])));
        var realRows = Aggregated(real);
        foreach (var (name, row) in Aggregated(ours))
        {
            // Of the real one's subresources we serve a few: those must be described alike.
            var theirs = realRows[name]["subresources"]?.AsArray().ToDictionary(s => (string)s!["subresource"]!, Normal.Text) ?? [];
            foreach (var subresource in row["subresources"]?.AsArray() ?? [])
            {
                Assert.That(Normal.Text(subresource), Is.EqualTo(theirs[(string)subresource!["subresource"]!]), name);
            }

            row.Remove("subresources");
            realRows[name].Remove("subresources");
            Assert.That(Normal.Text(row), Is.EqualTo(Normal.Text(realRows[name])), name);
        }
    }

    [TestCase("/api", "APIVersions")]
    [TestCase("/apis/networking.k8s.io", "APIGroup")]
    [TestCase("/version", null)]
    [TestCase("/openapi/v2", null)]
    [TestCase("/openapi/v3", null)]
    [TestCase("/openapi/v3/apis/networking.k8s.io/v1", null)]
    public async Task Other_documents_are_there(string path, string? kind)
    {
        Assert.That((string?)(await _api.OkAsync("GET", path))["kind"], Is.EqualTo(kind));
    }

    [TestCase("/apis/unknown.dev/v1/things", "404 page not found\n")]
    [TestCase("/nothing", "404 page not found\n")]
    public async Task Unknown_paths_are_not_found(string path, string text)
    {
        using var response = await _api.Http.GetAsync(path);
        Assert.That((int)response.StatusCode, Is.EqualTo(404));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(text));
    }

    private static JsonNode Golden(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Transcript.Folder, "discovery", name + ".json")))!;

    private static Dictionary<string, JsonNode> Rows(JsonNode document) =>
        document["resources"]!.AsArray().ToDictionary(row => (string)row!["name"]!, row => row!);

    private static Dictionary<string, JsonObject> Aggregated(JsonNode document) =>
        document["items"]![0]!["versions"]![0]!["resources"]!.AsArray()
            .ToDictionary(row => (string)row!["resource"]!, row => row!.AsObject());
}
