using System.Text.Json.Nodes;

namespace Routing.Tests.Lab.Api;

/// <summary>Server-side apply and the ownership it leaves behind.</summary>
internal sealed class ServerSideApplyTests
{
    private const string Map = "/api/v1/namespaces/default/configmaps/m";
    private const string Apply = "application/apply-patch+yaml";

    private TestApi _api = null!;

    [SetUp]
    public async Task Start() => _api = await TestApi.StartAsync();

    [TearDown]
    public async Task Stop() => await _api.DisposeAsync();

    [Test]
    public async Task What_a_manager_names_no_more_goes_unless_another_owns_it_too()
    {
        await ApplyAsync("one", "{a: '1', b: '1', c: '1'}");
        await ApplyAsync("two", "{b: '1'}");

        var left = await ApplyAsync("one", "{c: '1'}");

        Assert.That(left["data"]!.ToJsonString(), Is.EqualTo("""{"b":"1","c":"1"}"""));
        Assert.That(Owners(left), Is.EqualTo(new[]
        {
            """one Apply {"f:data":{"f:c":{}}}""",
            """two Apply {"f:data":{"f:b":{}}}""",
        }));
    }

    [Test]
    public async Task A_value_somebody_else_set_is_a_conflict_until_it_is_forced()
    {
        await ApplyAsync("one", "{a: '1'}");

        var (code, body) = await _api.SendAsync("PATCH", $"{Map}?fieldManager=two", Manifest("{a: '2'}"), Apply);
        Assert.That(code, Is.EqualTo(409));
        Assert.That((string)body["message"]!, Is.EqualTo("Apply failed with 1 conflict: conflict with \"one\" using v1: .data.a"));
        Assert.That((string)body["details"]!["causes"]![0]!["reason"]!, Is.EqualTo("FieldManagerConflict"));

        var forced = await _api.OkAsync("PATCH", $"{Map}?fieldManager=two&force=true", Manifest("{a: '2'}"), Apply);
        Assert.That(Owners(forced), Is.EqualTo(new[] { """two Apply {"f:data":{"f:a":{}}}""" }));
    }

    [Test]
    public async Task A_version_or_uid_that_is_named_has_to_be_the_objects()
    {
        var version = (string)(await ApplyAsync("one", "{a: '1'}"))["metadata"]!["resourceVersion"]!;
        await ApplyAsync("one", "{a: '2'}");

        var (code, body) = await _api.SendAsync(
            "PATCH", $"{Map}?fieldManager=one",
            $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{resourceVersion: '{version}'}}\ndata: {{a: '3'}}", Apply);
        Assert.That(code, Is.EqualTo(409), body.ToJsonString());
        Assert.That((string)body["message"]!, Does.Contain("the object has been modified"));

        (code, _) = await _api.SendAsync(
            "PATCH", $"{Map}?fieldManager=one",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {uid: another}\ndata: {a: '3'}", Apply);
        Assert.That(code, Is.EqualTo(409));
    }

    [Test]
    public async Task A_status_makes_no_object()
    {
        var (code, _) = await _api.SendAsync(
            "PATCH", "/api/v1/nodes/n/status?fieldManager=one", "apiVersion: v1\nkind: Node\nstatus: {phase: Running}", Apply);
        Assert.That(code, Is.EqualTo(404));
    }

    [Test]
    public async Task The_same_intent_twice_is_no_new_version()
    {
        var first = await ApplyAsync("one", "{a: '1'}");
        var second = await ApplyAsync("one", "{a: '1'}");
        Assert.That(second.ToJsonString(), Is.EqualTo(first.ToJsonString()));
    }

    [Test]
    public async Task An_update_takes_over_what_it_changes()
    {
        await ApplyAsync("one", "{a: '1', b: '1'}");
        var changed = await _api.OkAsync("PATCH", $"{Map}?fieldManager=editor", """{"data":{"a":"2"}}""", "application/merge-patch+json");
        Assert.That(Owners(changed), Is.EqualTo(new[]
        {
            """one Apply {"f:data":{"f:b":{}}}""",
            """editor Update {"f:data":{"f:a":{}}}""",
        }));
    }

    [Test]
    public async Task Lists_with_keys_merge_by_element()
    {
        const string Url = "/apis/apps/v1/namespaces/default/deployments/d";
        static string Deployment(string containers) => $$$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: d}
            spec:
              selector: {matchLabels: {app: d}}
              template:
                metadata: {labels: {app: d}}
                spec: {containers: {{{containers}}} }
            """;
        await _api.OkAsync("PATCH", $"{Url}?fieldManager=one", Deployment("[{name: a, image: i}, {name: b, image: i}]"), Apply);
        await _api.OkAsync("PATCH", $"{Url}?fieldManager=two", Deployment("[{name: side, image: s, ports: [{containerPort: 1}]}]"), Apply);
        var all = await _api.OkAsync("GET", Url);
        Assert.That(Containers(all), Is.EqualTo(new[] { "a", "b", "side" }));

        var less = await _api.OkAsync("PATCH", $"{Url}?fieldManager=one", Deployment("[{name: b, image: i}]"), Apply);

        Assert.That(Containers(less), Is.EqualTo(new[] { "b", "side" }));
        Assert.That(Owners(less).Last(), Does.Contain(
            """
            "k:{\"name\":\"side\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{"k:{\"containerPort\":1,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}
            """));
    }

    [Test]
    public async Task An_apply_needs_a_manager_and_no_managedFields()
    {
        Assert.That((await _api.SendAsync("PATCH", Map, Manifest("{}"), Apply)).Code, Is.EqualTo(400));
        const string Claimed = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","managedFields":[{"manager":"x"}]}}""";
        Assert.That((await _api.SendAsync("PATCH", $"{Map}?fieldManager=one", Claimed, Apply)).Code, Is.EqualTo(400));
    }

    private static string Manifest(string data) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m}}\ndata: {data}\n";

    private static IEnumerable<string> Owners(JsonNode item) => item["metadata"]!["managedFields"]!.AsArray()
        .Select(entry => $"{entry!["manager"]} {entry["operation"]} {entry["fieldsV1"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })}");

    private static IEnumerable<string> Containers(JsonNode item) =>
        item["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(container => (string)container!["name"]!);

    private Task<JsonNode> ApplyAsync(string manager, string data) =>
        _api.OkAsync("PATCH", $"{Map}?fieldManager={manager}", Manifest(data), Apply);
}
