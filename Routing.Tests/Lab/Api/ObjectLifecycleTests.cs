using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api;
using Routing.Tests.Fakes;

namespace Routing.Tests.Lab.Api;

/// <summary>Reading and writing objects by plain HTTP: versions, pages, selectors, deletion, refusals.</summary>
internal sealed class ObjectLifecycleTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Pods = "/api/v1/namespaces/default/pods";

    private TestApi _api = null!;

    [SetUp]
    public async Task Start() => _api = await TestApi.StartAsync();

    [TearDown]
    public async Task Stop() => await _api.DisposeAsync();

    [Test]
    public async Task Pages_show_one_moment_whatever_happens_between_them()
    {
        await MakeAsync("a", "b", "c", "d");
        var first = await _api.OkAsync("GET", $"{Maps}?limit=2");
        await _api.OkAsync("DELETE", $"{Maps}/d");
        await MakeAsync("c2");

        var second = await _api.OkAsync("GET", $"{Maps}?limit=2&continue={first["metadata"]!["continue"]}");

        Assert.That(Names(first), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(Names(second), Is.EqualTo(new[] { "c", "d" }));
        Assert.That((string)second["metadata"]!["resourceVersion"]!, Is.EqualTo((string)first["metadata"]!["resourceVersion"]!));
        Assert.That(second["metadata"]!["continue"], Is.Null);
    }

    [Test]
    public async Task A_page_of_a_forgotten_moment_is_gone()
    {
        await MakeAsync("a", "b", "c");
        var first = await _api.OkAsync("GET", $"{Maps}?limit=2");
        await MakeAsync("d");
        _api.Server.Store.Compact();

        var (code, body) = await _api.SendAsync("GET", $"{Maps}?limit=2&continue={first["metadata"]!["continue"]}");

        Assert.That(code, Is.EqualTo(410));
        Assert.That((string)body["reason"]!, Is.EqualTo("Expired"));
        Assert.That((await _api.SendAsync("GET", $"{Maps}?continue=nonsense")).Code, Is.EqualTo(400));
    }

    [Test]
    public async Task An_exact_version_shows_what_was_then()
    {
        await MakeAsync("a");
        var then = (await _api.OkAsync("GET", Maps))["metadata"]!["resourceVersion"];
        await _api.OkAsync("DELETE", $"{Maps}/a");

        Assert.That(Names(await _api.OkAsync("GET", $"{Maps}?resourceVersion={then}&resourceVersionMatch=Exact")), Is.EqualTo(new[] { "a" }));
        Assert.That(Names(await _api.OkAsync("GET", $"{Maps}?resourceVersion={then}")), Is.Empty);
        Assert.That((await _api.SendAsync("GET", $"{Maps}?resourceVersion=99999999999999")).Code, Is.EqualTo(504));
    }

    [TestCase("a=1", "one,both")]
    [TestCase("a==1,b=2", "both")]
    [TestCase("a!=1", "none,two")]
    [TestCase("a in (1,3)", "one,both")]
    [TestCase("b notin (2)", "none,one")]
    [TestCase("a", "one,both")]
    [TestCase("!a,b", "two")]
    [TestCase("", "none,one,two,both")]
    public async Task Label_selectors_select(string selector, string expected)
    {
        await MakeAsync("none");
        await _api.OkAsync("POST", Maps, """{"metadata":{"name":"one","labels":{"a":"1"}}}""");
        await _api.OkAsync("POST", Maps, """{"metadata":{"name":"two","labels":{"b":"2"}}}""");
        await _api.OkAsync("POST", Maps, """{"metadata":{"name":"both","labels":{"a":"1","b":"2"}}}""");

        var found = await _api.OkAsync("GET", $"{Maps}?labelSelector={Uri.EscapeDataString(selector)}");

        Assert.That(Names(found), Is.EquivalentTo(expected.Split(',')));
    }

    [TestCase("labelSelector=a in 1", "unable to parse requirement")]
    [TestCase("fieldSelector=spec.color=red", "field label not supported: spec.color")]
    [TestCase("fieldSelector=metadata.name", "invalid selector")]
    [TestCase("limit=many", "Invalid value")]
    public async Task Queries_that_make_no_sense_are_refused(string query, string message)
    {
        var (code, body) = await _api.SendAsync("GET", $"{Maps}?{query.Replace(" ", "%20")}");
        Assert.That(code, Is.EqualTo(400));
        Assert.That((string)body["message"]!, Does.Contain(message));
    }

    [Test]
    public async Task A_write_that_changes_nothing_makes_no_version()
    {
        await MakeAsync("a");
        var before = await _api.OkAsync("GET", $"{Maps}/a");

        await _api.OkAsync("PUT", $"{Maps}/a", before.ToJsonString());
        await _api.OkAsync("PATCH", $"{Maps}/a", "{}", "application/merge-patch+json");

        Assert.That((await _api.OkAsync("GET", $"{Maps}/a")).ToJsonString(), Is.EqualTo(before.ToJsonString()));
    }

    [Test]
    public async Task Identity_and_creation_are_the_servers()
    {
        var made = await _api.OkAsync(
            "POST", Maps, """{"metadata":{"name":"a","uid":"mine","creationTimestamp":"2001-01-01T00:00:00Z","generation":7}}""");
        Assert.That((string)made["metadata"]!["uid"]!, Is.Not.EqualTo("mine"));
        Assert.That((string)made["metadata"]!["creationTimestamp"]!, Does.Not.StartWith("2001"));

        made["metadata"]!["uid"] = "other";
        made["metadata"]!.AsObject().Remove("resourceVersion");
        Assert.That((await _api.SendAsync("PUT", $"{Maps}/a", made.ToJsonString())).Code, Is.EqualTo(409));
        Assert.That((await _api.SendAsync("POST", Maps, """{"metadata":{"name":"b","resourceVersion":"1"}}""")).Code, Is.EqualTo(500));
        Assert.That((await _api.SendAsync("PUT", $"{Maps}/x", """{"metadata":{"name":"y"}}""")).Code, Is.EqualTo(400));
    }

    [Test]
    public async Task Finalizers_hold_an_object_until_the_last_is_removed()
    {
        await _api.OkAsync("POST", Maps, """{"metadata":{"name":"a","finalizers":["test.dev/hold"]}}""");

        var marked = await _api.OkAsync("DELETE", $"{Maps}/a");
        Assert.That(marked["metadata"]!["deletionTimestamp"], Is.Not.Null);
        Assert.That((await _api.SendAsync("GET", $"{Maps}/a")).Code, Is.EqualTo(200));

        await _api.OkAsync("PATCH", $"{Maps}/a", """{"metadata":{"finalizers":null}}""", "application/merge-patch+json");
        Assert.That((await _api.SendAsync("GET", $"{Maps}/a")).Code, Is.EqualTo(404));
    }

    [Test]
    public async Task A_namespace_waits_for_finalizers_inside_it()
    {
        await _api.OkAsync("POST", "/api/v1/namespaces", """{"metadata":{"name":"n"}}""");
        const string Inside = "/api/v1/namespaces/n/configmaps";
        await _api.OkAsync("POST", Inside, """{"metadata":{"name":"a","finalizers":["test.dev/hold"]}}""");
        await _api.OkAsync("POST", Inside, """{"metadata":{"name":"b"}}""");

        await _api.OkAsync("DELETE", "/api/v1/namespaces/n");
        Assert.That((string)(await _api.OkAsync("GET", "/api/v1/namespaces/n"))["status"]!["phase"]!, Is.EqualTo("Terminating"));
        Assert.That(Names(await _api.OkAsync("GET", Inside)), Is.EqualTo(new[] { "a" }));
        Assert.That((await _api.SendAsync("POST", Inside, """{"metadata":{"name":"c"}}""")).Code, Is.EqualTo(403));

        await _api.OkAsync("PATCH", $"{Inside}/a", """{"metadata":{"finalizers":[]}}""", "application/merge-patch+json");
        Assert.That((await _api.SendAsync("GET", "/api/v1/namespaces/n")).Code, Is.EqualTo(404));
    }

    [Test]
    public async Task A_collection_is_deleted_by_its_selector()
    {
        await MakeAsync("a");
        await _api.OkAsync("POST", Maps, """{"metadata":{"name":"b","labels":{"x":"1"}}}""");

        var gone = await _api.OkAsync("DELETE", $"{Maps}?labelSelector=x");

        Assert.That(Names(gone), Is.EqualTo(new[] { "b" }));
        Assert.That(Names(await _api.OkAsync("GET", Maps)), Is.EqualTo(new[] { "a" }));
        Assert.That((await _api.SendAsync("DELETE", "/api/v1/namespaces")).Code, Is.EqualTo(405), "namespaces have no deletecollection");
    }

    [Test]
    public async Task A_deletion_can_demand_the_object_it_means()
    {
        await MakeAsync("a");
        var (code, _) = await _api.SendAsync("DELETE", $"{Maps}/a", """{"preconditions":{"uid":"other"}}""");
        Assert.That(code, Is.EqualTo(409));
        var uid = (await _api.OkAsync("GET", $"{Maps}/a"))["metadata"]!["uid"];
        await _api.OkAsync("DELETE", $"{Maps}/a", $$$"""{"preconditions":{"uid":"{{{uid}}}"} }""");
    }

    [Test]
    public async Task Pods_begin_pending_are_bound_once_and_keep_their_spec()
    {
        await _api.OkAsync(
            "POST", Pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]},"status":{"phase":"Running"}}""");
        var pod = await _api.OkAsync("GET", $"{Pods}/p");
        Assert.That((string)pod["status"]!["phase"]!, Is.EqualTo("Pending"));
        Assert.That((string)pod["spec"]!["containers"]![0]!["ports"]![0]!["protocol"]!, Is.EqualTo("TCP"));
        Assert.That((string)pod["spec"]!["restartPolicy"]!, Is.EqualTo("Always"));

        const string Binding = """{"apiVersion":"v1","kind":"Binding","metadata":{"name":"p"},"target":{"kind":"Node","name":"node-1"}}""";
        await _api.OkAsync("POST", $"{Pods}/p/binding", Binding);
        Assert.That((await _api.SendAsync("POST", $"{Pods}/p/binding", Binding)).Code, Is.EqualTo(409));
        Assert.That(Names(await _api.OkAsync("GET", "/api/v1/pods?fieldSelector=spec.nodeName=node-1")), Is.EqualTo(new[] { "p" }));

        var (code, body) = await _api.SendAsync("PATCH", $"{Pods}/p", """{"spec":{"hostNetwork":true}}""", "application/merge-patch+json");
        Assert.That(code, Is.EqualTo(422));
        Assert.That((string)body["message"]!, Does.Contain("pod updates may not change fields other than"));
    }

    [TestCase("""{"spec":{}}""", "spec.containers: Required value")]
    [TestCase("""{"spec":{"containers":[{"name":"c"}]}}""", "spec.containers[0].image: Required value")]
    [TestCase("""{"spec":{"containers":[{"name":"c","image":"i"},{"name":"c","image":"i"}]}}""", "spec.containers[1].name: Duplicate value: \"c\"")]
    [TestCase("""{"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":0}]}]}}""", "containerPort: Invalid value: 0")]
    [TestCase("""{"spec":{"restartPolicy":"Sometimes","containers":[{"name":"c","image":"i"}]}}""", "spec.restartPolicy: Unsupported value")]
    public async Task Pods_are_validated(string rest, string message)
    {
        var pod = JsonNode.Parse(rest)!;
        pod["metadata"] = new JsonObject { ["name"] = "p" };
        var (code, body) = await _api.SendAsync("POST", Pods, pod.ToJsonString());
        Assert.That(code, Is.EqualTo(422));
        Assert.That((string)body["message"]!, Does.Contain(message));
    }

    [Test]
    public async Task Services_get_an_address_and_keep_it()
    {
        const string Services = "/api/v1/namespaces/default/services";
        var first = await _api.OkAsync("POST", Services, """{"metadata":{"name":"a"},"spec":{"ports":[{"port":80}]}}""");
        var second = await _api.OkAsync("POST", Services, """{"metadata":{"name":"b"},"spec":{"ports":[{"port":80}]}}""");
        Assert.That((string)first["spec"]!["clusterIP"]!, Is.EqualTo("10.96.0.1"));
        Assert.That((string)second["spec"]!["clusterIP"]!, Is.EqualTo("10.96.0.2"));
        Assert.That((int)first["spec"]!["ports"]![0]!["targetPort"]!, Is.EqualTo(80));

        first["spec"]!["clusterIP"] = "10.96.0.9";
        Assert.That((await _api.SendAsync("PUT", $"{Services}/a", first.ToJsonString())).Code, Is.EqualTo(422));
    }

    [Test]
    public async Task Methods_types_and_forms_that_are_not_served_say_so()
    {
        Assert.That((await _api.SendAsync("POST", "/api/v1/configmaps", "{}")).Code, Is.EqualTo(405));
        Assert.That((await _api.SendAsync("PUT", Maps, "{}")).Code, Is.EqualTo(405));
        Assert.That((await _api.SendAsync("POST", Maps, "x", "text/plain")).Code, Is.EqualTo(415));
        Assert.That((await _api.SendAsync("PATCH", $"{Maps}/a", "{}")).Code, Is.EqualTo(415));
        Assert.That((await _api.SendAsync("POST", Maps, "k8s\0\n\b\u0012\u0006Kindly", "application/vnd.kubernetes.protobuf")).Code, Is.EqualTo(415));
        Assert.That((await _api.SendAsync("POST", Maps, "{not json")).Code, Is.EqualTo(400));
        Assert.That((await _api.SendAsync("POST", Maps, """{"kind":"Pod","apiVersion":"v1"}""")).Code, Is.EqualTo(400));
        Assert.That((await _api.SendAsync("GET", "/api/v1/namespaces/default/widgets")).Code, Is.EqualTo(404));

        using var request = new HttpRequestMessage(HttpMethod.Get, Maps);
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/vnd.kubernetes.protobuf"));
        using var response = await _api.Http.SendAsync(request);
        Assert.That((int)response.StatusCode, Is.EqualTo(406));
    }

    [Test]
    public async Task A_wrong_token_is_nobodys()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Maps);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");
        using var response = await _api.Http.SendAsync(request);
        Assert.That((int)response.StatusCode, Is.EqualTo(401));
    }

    [Test]
    public async Task Ages_are_told_by_the_servers_clock()
    {
        var time = new ManualTime();
        await using var api = await TestApi.StartAsync(new LabApiOptions { Time = time });
        time.Advance(TimeSpan.FromMinutes(5));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces/default");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/json;as=Table;v=v1;g=meta.k8s.io"));
        using var response = await api.Http.SendAsync(request);
        var table = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.That(table["rows"]![0]!["cells"]!.ToJsonString(), Is.EqualTo("""["default","Active","5m"]"""));
    }

    [Test]
    public void The_kubeconfig_is_its_owners_alone() => Assert.That(
        File.GetUnixFileMode(_api.Kubeconfig), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));

    private static IEnumerable<string> Names(JsonNode list) =>
        list["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!);

    private async Task MakeAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await _api.OkAsync("POST", Maps, $$$"""{"metadata":{"name":"{{{name}}}"} }""");
        }
    }
}
