using System.Text.Json.Nodes;

namespace Routing.Tests.Lab.Api;

/// <summary>Definitions, our own among them, and their instances.</summary>
internal sealed class CustomResourceTests
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private const string Peers = "/apis/routing.dev/v1alpha1/bgppeers";

    private TestApi _api = null!;

    [SetUp]
    public async Task Start() => _api = await TestApi.StartAsync();

    [TearDown]
    public async Task Stop() => await _api.DisposeAsync();

    [Test]
    public async Task Our_definitions_are_established_and_served_at_once()
    {
        await InstallAsync();

        foreach (var plural in (string[])["bgpconfigurations", "bgppeers", "bgppeergroups", "bgpfilters"])
        {
            var stored = await _api.OkAsync("GET", $"{Definitions}/{plural}.routing.dev");
            Assert.That(
                stored["status"]!["conditions"]!.AsArray().Select(c => $"{c!["type"]}={c["status"]}"),
                Is.EqualTo(new[] { "NamesAccepted=True", "Established=True" }));
            Assert.That((string)(await _api.OkAsync("GET", $"/apis/routing.dev/v1alpha1/{plural}"))["kind"]!, Does.EndWith("List"));
        }

        var discovery = await _api.OkAsync("GET", "/apis/routing.dev/v1alpha1");
        Assert.That(discovery["resources"]!.AsArray().Select(r => (string)r!["name"]!), Is.EqualTo(
            new[] { "bgpconfigurations", "bgpfilters", "bgppeergroups", "bgppeers" }));
    }

    [TestCase("""{"peerIP":"192.0.2.1","asNumber":65000,"families":["ipv4","ipv6"],"holdTime":"90s"}""", 201, "")]
    [TestCase("""{"peerIP":"192.0.2.1","asNumber":0}""", 422, "spec.asNumber in body should be greater than or equal to 1")]
    [TestCase("""{"peerIP":"192.0.2.1","asNumber":4294967296}""", 422, "should be less than or equal to 4294967295")]
    [TestCase("""{"peerIP":7,"asNumber":1}""", 422, "spec.peerIP in body must be of type string: \\\"integer\\\"")]
    [TestCase("""{"peerIP":"192.0.2.1","asNumber":1,"families":["ipx"]}""", 422, "supported values: \\\"ipv4\\\", \\\"ipv6\\\"")]
    [TestCase("""{"peerIP":"192.0.2.1","asNumber":1,"families":[]}""", 422, "should have at least 1 items")]
    [TestCase("""{"peerIP":"192.0.2.1","asNumber":1,"pasive":true}""", 400, "unknown field \\\"spec.pasive\\\"")]
    public async Task Instances_are_checked_against_the_schema(string spec, int code, string message)
    {
        await InstallAsync();

        var (answered, body) = await _api.SendAsync("POST", $"{Peers}?fieldValidation=Strict", Peer("tor", spec));

        Assert.That(answered, Is.EqualTo(code), body.ToJsonString());
        Assert.That(body.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }),
            Does.Contain(message));
    }

    [Test]
    public async Task Unknown_fields_are_pruned_with_a_warning_and_defaults_filled_in()
    {
        await InstallAsync(Widget("""
            {"type":"object","properties":{"spec":{"type":"object","properties":{
              "size":{"type":"integer","default":3},"tags":{"type":"array","items":{"type":"string"}},
              "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}},
              "status":{"type":"object","properties":{"ready":{"type":"boolean"}}}}}
            """));

        var made = await _api.OkAsync(
            "POST",
            "/apis/test.dev/v1/namespaces/default/widgets",
            """{"apiVersion":"test.dev/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"odd":1,"free":{"a":{"b":1}}},"status":{"ready":true}}""");

        Assert.That(made["spec"]!.ToJsonString(), Is.EqualTo("""{"free":{"a":{"b":1}},"size":3}"""));
        Assert.That(made["status"], Is.Null, "status belongs to its subresource");
    }

    [Test]
    public async Task Status_is_a_subresource_that_leaves_the_spec_alone()
    {
        await InstallAsync(Widget("""{"type":"object","x-kubernetes-preserve-unknown-fields":true}"""));
        const string Url = "/apis/test.dev/v1/namespaces/default/widgets";
        await _api.OkAsync("POST", Url, """{"metadata":{"name":"w"},"spec":{"a":1}}""");

        await _api.OkAsync("PATCH", $"{Url}/w/status", """{"spec":{"a":2},"status":{"ready":true}}""", "application/merge-patch+json");
        var changed = await _api.OkAsync("PATCH", $"{Url}/w", """{"spec":{"a":3},"status":{"ready":false}}""", "application/merge-patch+json");

        Assert.That((int)changed["spec"]!["a"]!, Is.EqualTo(3));
        Assert.That((bool)changed["status"]!["ready"]!, Is.True);
        Assert.That((int)changed["metadata"]!["generation"]!, Is.EqualTo(2), "a change of status does not count");
    }

    [Test]
    public async Task Deleting_a_definition_deletes_its_instances_and_their_endpoint()
    {
        await InstallAsync();
        await _api.OkAsync("POST", Peers, Peer("tor", """{"peerIP":"192.0.2.1","asNumber":1}"""));

        await _api.OkAsync("DELETE", $"{Definitions}/bgppeers.routing.dev");
        using var gone = await _api.Http.GetAsync(Peers);
        Assert.That((int)gone.StatusCode, Is.EqualTo(404));

        await InstallAsync("bgppeers");
        Assert.That((await _api.OkAsync("GET", Peers))["items"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task A_definition_with_a_wrong_name_is_refused()
    {
        var wrong = Widget("""{"type":"object"}""");
        wrong["metadata"]!["name"] = "gadgets.test.dev";

        var (code, body) = await _api.SendAsync("POST", Definitions, wrong.ToJsonString());

        Assert.That(code, Is.EqualTo(422));
        Assert.That((string)body["message"]!, Does.Contain("must be spec.names.plural+\".\"+spec.group"));
    }

    [Test]
    [Category("Interop")]
    public void Kubectl_installs_our_definitions_and_shows_their_columns()
    {
        _api.Kubectl("apply", "-f", Repository.PathOf("charts/routing/crds"));
        _api.Kubectl("wait", "--for=condition=Established", "crd/bgppeers.routing.dev", "--timeout=20s");
        _api.KubectlApply(
            """
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {name: tor-1}
            spec: {peerIP: 192.0.2.1, asNumber: 65000}
            """);

        Assert.That(_api.Kubectl("get", "bgppeers"), Does.Match(@"NAME\s+PEER\s+AS\s+AGE\ntor-1\s+192.0.2.1\s+65000\s+\d+s"));
        Assert.That(_api.Kubectl("patch", "bgppeer", "tor-1", "--type=merge", "-p", """{"spec":{"passive":true}}"""), Does.Contain("patched"));
        Assert.That(_api.Kubectl("get", "routing", "-o", "name").Trim(), Is.EqualTo("bgppeer.routing.dev/tor-1"));
    }

    private static string Peer(string name, string spec) =>
        $$"""{"apiVersion":"routing.dev/v1alpha1","kind":"BGPPeer","metadata":{"name":"{{name}}"},"spec":{{spec}}}""";

    private static JsonNode Widget(string schema) => JsonNode.Parse(
        $$$"""
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.test.dev"},
         "spec":{"group":"test.dev","scope":"Namespaced","names":{"kind":"Widget","plural":"widgets"},
          "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},"schema":{"openAPIV3Schema":{{{schema}}}}}]}}
        """)!;

    private async Task InstallAsync(JsonNode definition) => await _api.OkAsync("POST", Definitions, definition.ToJsonString());

    private async Task InstallAsync(params string[] only)
    {
        foreach (var file in Directory.GetFiles(Repository.PathOf("charts/routing/crds"), "*.yaml")
            .Where(file => only.Length == 0 || only.Contains(Path.GetFileNameWithoutExtension(file))))
        {
            await _api.OkAsync("POST", $"{Definitions}?fieldValidation=Strict", File.ReadAllText(file), "application/yaml");
        }
    }
}
