using System.Text.Json.Nodes;

namespace Routing.Tests.Lab.Api;

/// <summary>Plain kubectl against the lab API, as a user of the lab runs it.</summary>
[Category("Interop")]
internal sealed class KubectlTests
{
    private const string Policy =
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: db, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: db}}
          ingress:
          - from: [{podSelector: {matchLabels: {app: api}}}]
            ports: [{port: 5432, protocol: TCP}]
        """;

    private const string Pod =
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop, labels: {app: web}}
        spec:
          nodeName: node-1
          containers:
          - {name: web, image: "registry.example/web:1", ports: [{containerPort: 80, name: http}]}
        """;

    private TestApi _api = null!;

    [SetUp]
    public async Task Start()
    {
        Requires.Tool("kubectl");
        _api = await TestApi.StartAsync();
        _api.KubectlApply("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
    }

    [TearDown]
    public async Task Stop() => await _api.DisposeAsync();

    [Test]
    public void Applies_a_policy_twice_and_then_a_change_of_it()
    {
        Assert.That(_api.KubectlApply(Policy), Does.Contain("networkpolicy.networking.k8s.io/db created"));
        Assert.That(_api.KubectlApply(Policy), Does.Contain("networkpolicy.networking.k8s.io/db unchanged"));

        var changed = Policy.Replace("5432", "5433", StringComparison.Ordinal);
        Assert.That(_api.KubectlApply(changed), Does.Contain("networkpolicy.networking.k8s.io/db configured"));

        var stored = Json("get", "netpol", "-n", "shop", "db");
        Assert.That(stored["spec"]!["ingress"]![0]!["ports"]!.ToJsonString(), Is.EqualTo("""[{"port":5433,"protocol":"TCP"}]"""));
        Assert.That(stored["spec"]!["policyTypes"]!.ToJsonString(), Is.EqualTo("""["Ingress"]"""));
        Assert.That((int)stored["metadata"]!["generation"]!, Is.EqualTo(2));
    }

    [Test]
    public void Refuses_a_typing_error_before_anything_is_stored()
    {
        var (code, _, error) = _api.TryKubectl(
            Policy.Replace("podSelector: {matchLabels: {app: db}}", "podSelectors: {}", StringComparison.Ordinal), "apply", "-f", "-");

        Assert.That(code, Is.Not.Zero);
        Assert.That(error, Does.Contain("unknown field \"spec.podSelectors\""));
        Assert.That(_api.TryKubectl(null, "get", "netpol", "-n", "shop", "db").Error, Does.Contain("NotFound"));
    }

    [Test]
    public void Explains_an_invalid_policy_field_by_field()
    {
        var (code, _, error) = _api.TryKubectl(
            Policy.Replace("5432", "70000", StringComparison.Ordinal), "apply", "-f", "-");

        Assert.That(code, Is.Not.Zero);
        Assert.That(error, Does.Contain("spec.ingress[0].ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive"));
    }

    [Test]
    public async Task Shows_pods_nodes_and_namespaces_as_tables()
    {
        _api.KubectlApply(Pod);
        _api.KubectlApply(
            """
            apiVersion: v1
            kind: Node
            metadata: {name: node-1, labels: {node-role.kubernetes.io/worker: ""}}
            spec: {podCIDR: 10.1.0.0/24}
            status:
              addresses: [{type: InternalIP, address: 172.30.1.1}]
              conditions: [{type: Ready, status: "True"}]
            """);
        await _api.OkAsync(
            "PATCH",
            "/api/v1/namespaces/shop/pods/web/status",
            """{"status":{"phase":"Running","podIP":"10.1.0.2","containerStatuses":[{"name":"web","ready":true,"restartCount":0,"image":"","imageID":""}]}}""",
            "application/merge-patch+json");

        var pod = Columns("get", "pods", "-n", "shop", "-o", "wide")[1];
        Assert.That(pod[..4], Is.EqualTo(new[] { "web", "1/1", "Running", "0" }));
        Assert.That(pod[5..7], Is.EqualTo(new[] { "10.1.0.2", "node-1" }));
        Assert.That(Columns("get", "nodes")[1][..3], Is.EqualTo(new[] { "node-1", "Ready", "worker" }));
        Assert.That(Columns("get", "ns").Select(row => row[0]), Is.EqualTo(
            new[] { "NAME", "default", "kube-node-lease", "kube-public", "kube-system", "shop" }));
        Assert.That(_api.Kubectl("get", "pods", "-A", "--field-selector", "spec.nodeName=node-1", "-o", "name").Trim(), Is.EqualTo("pod/web"));
        Assert.That(_api.Kubectl("get", "pods", "-A", "-l", "app notin (db),app", "-o", "name").Trim(), Is.EqualTo("pod/web"));
        Assert.That(_api.Kubectl("get", "pods,ns", "-A", "-o", "yaml"), Does.Contain("podIP: 10.1.0.2"));
    }

    [Test]
    public void Labels_annotates_and_patches_in_every_way()
    {
        _api.KubectlApply(Pod);

        _api.Kubectl("label", "pod", "-n", "shop", "web", "tier=front");
        _api.Kubectl("annotate", "pod", "-n", "shop", "web", "note=x");
        _api.Kubectl("patch", "pod", "-n", "shop", "web", "-p", """{"spec":{"containers":[{"name":"web","image":"registry.example/web:2"}]}}""");
        _api.Kubectl("patch", "pod", "-n", "shop", "web", "--type=merge", "-p", """{"metadata":{"labels":{"tier":null}}}""");
        _api.Kubectl(
            "patch", "pod", "-n", "shop", "web", "--type=json", "-p", """[{"op":"replace","path":"/metadata/labels/app","value":"site"}]""");

        var pod = Json("get", "pod", "-n", "shop", "web");
        Assert.That(pod["metadata"]!["labels"]!.ToJsonString(), Is.EqualTo("""{"app":"site"}"""));
        Assert.That((string)pod["metadata"]!["annotations"]!["note"]!, Is.EqualTo("x"));
        Assert.That((string)pod["spec"]!["containers"]![0]!["image"]!, Is.EqualTo("registry.example/web:2"));
        Assert.That((int)pod["spec"]!["containers"]![0]!["ports"]![0]!["containerPort"]!, Is.EqualTo(80));
    }

    [Test]
    public void Applies_on_the_servers_side_and_sees_conflicts()
    {
        _api.KubectlApply(Policy, "--server-side");
        _api.KubectlApply(Policy, "--server-side");
        Assert.That((int)Json("get", "netpol", "-n", "shop", "db")["metadata"]!["generation"]!, Is.EqualTo(1));

        var other = Policy.Replace("5432", "5433", StringComparison.Ordinal);
        var (code, _, error) = _api.TryKubectl(other, "apply", "--server-side", "--field-manager=other", "-f", "-");
        Assert.That(code, Is.Not.Zero);
        Assert.That(error, Does.Contain("conflict with \"kubectl\" using networking.k8s.io/v1: .spec.ingress"));

        _api.KubectlApply(other, "--server-side", "--field-manager=other", "--force-conflicts");
        Assert.That((int)Json("get", "netpol", "-n", "shop", "db")["metadata"]!["generation"]!, Is.EqualTo(2));
    }

    [Test]
    public void Deletes_objects_and_a_namespace_with_all_it_holds()
    {
        _api.KubectlApply(Policy);
        _api.KubectlApply(Pod);

        Assert.That(_api.Kubectl("delete", "netpol", "-n", "shop", "db"), Does.Contain("deleted"));
        Assert.That(_api.Kubectl("delete", "namespace", "shop", "--timeout=20s"), Does.Contain("deleted"));

        Assert.That(_api.Kubectl("get", "pods", "-A", "-o", "name"), Is.Empty);
        Assert.That(_api.TryKubectl(Policy, "apply", "-f", "-").Error, Does.Contain("namespaces \"shop\" not found"));
        Assert.That(_api.TryKubectl(null, "delete", "ns", "default").Error, Does.Contain("this namespace may not be deleted"));
    }

    [Test]
    public async Task Waits_for_a_condition()
    {
        _api.KubectlApply(Pod);
        using var waiting = _api.StartKubectl(false, "wait", "-n", "shop", "pod/web", "--for=condition=Ready", "--timeout=20s");
        await _api.OkAsync(
            "PATCH",
            "/api/v1/namespaces/shop/pods/web/status",
            """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""",
            "application/strategic-merge-patch+json");

        Assert.That(await waiting.StandardOutput.ReadToEndAsync(), Does.Contain("condition met"), await waiting.StandardError.ReadToEndAsync());
    }

    [Test]
    public async Task Watches_changes_as_they_happen()
    {
        _api.KubectlApply(Policy);
        using var watching = _api.StartKubectl(false, "get", "netpol", "-n", "shop", "--watch", "--output-watch-events");
        try
        {
            await watching.StandardOutput.ReadLineAsync(); // the heading
            Assert.That(await watching.StandardOutput.ReadLineAsync(), Does.StartWith("ADDED").And.Contain("app=db"));
            _api.Kubectl("label", "netpol", "-n", "shop", "db", "seen=1");
            Assert.That(await watching.StandardOutput.ReadLineAsync(), Does.StartWith("MODIFIED"));
            _api.Kubectl("delete", "netpol", "-n", "shop", "db");
            Assert.That(await watching.StandardOutput.ReadLineAsync(), Does.StartWith("DELETED"));
        }
        finally
        {
            watching.Kill();
        }
    }

    [Test]
    public void Dry_runs_change_nothing()
    {
        Assert.That(_api.KubectlApply(Policy, "--dry-run=server"), Does.Contain("created (server dry run)"));
        Assert.That(_api.Kubectl("get", "netpol", "-A", "-o", "name"), Is.Empty);
        _api.KubectlApply(Policy);
        Assert.That(_api.TryKubectl(Policy.Replace("5432", "1", StringComparison.Ordinal), "diff", "-f", "-").Output, Does.Contain("port: 1\n"));
        _api.Kubectl("delete", "netpol", "-n", "shop", "db", "--dry-run=server");
        Assert.That(_api.Kubectl("get", "netpol", "-n", "shop", "-o", "name").Trim(), Is.EqualTo("networkpolicy.networking.k8s.io/db"));
    }

    [Test]
    public void Lists_what_is_served()
    {
        var resources = _api.Kubectl("api-resources", "--no-headers").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]);
        Assert.That(resources, Is.SupersetOf(new[]
        {
            "namespaces", "nodes", "pods", "services", "configmaps", "secrets", "serviceaccounts", "events", "endpointslices",
            "leases", "networkpolicies", "daemonsets", "deployments", "customresourcedefinitions", "clusterroles",
            "clusterrolebindings", "roles", "rolebindings",
        }));
        Assert.That(_api.Kubectl("version"), Does.Contain("Server Version").And.Contain("1.32.0+routing-lab"));
        Assert.That(_api.Kubectl("api-versions"), Does.Contain("networking.k8s.io/v1"));
    }

    [Test]
    public void Creates_what_kubectl_sends_as_protobuf()
    {
        _api.Kubectl("create", "namespace", "made");
        _api.Kubectl("create", "configmap", "-n", "made", "c", "--from-literal=k=v");
        _api.Kubectl("create", "secret", "generic", "-n", "made", "s", "--from-literal=k=v");
        _api.Kubectl("create", "serviceaccount", "-n", "made", "a");
        _api.Kubectl("create", "role", "-n", "made", "r", "--verb=get,list", "--resource=pods");
        _api.Kubectl("create", "clusterrole", "made:r", "--verb=get", "--resource=nodes");
        _api.Kubectl("create", "rolebinding", "-n", "made", "b", "--role=r", "--serviceaccount=made:a");

        Assert.That(_api.Kubectl("get", "cm", "-n", "made", "c", "-o", "jsonpath={.data.k}"), Is.EqualTo("v"));
        Assert.That(_api.Kubectl("get", "secret", "-n", "made", "s", "-o", "jsonpath={.data.k} {.type}"), Is.EqualTo("dg== Opaque"));
        Assert.That(
            Json("get", "role", "-n", "made", "r")["rules"]!.ToJsonString(),
            Is.EqualTo("""[{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}]"""));
        Assert.That(
            Json("get", "rolebinding", "-n", "made", "b")["subjects"]![0]!.ToJsonString(),
            Is.EqualTo("""{"kind":"ServiceAccount","name":"a","namespace":"made"}"""));
    }

    [Test]
    public void Edits_and_replaces()
    {
        _api.KubectlApply(Policy);
        var stored = Json("get", "netpol", "-n", "shop", "db");
        stored["spec"]!["policyTypes"] = new JsonArray("Ingress", "Egress");

        Assert.That(_api.TryKubectl(stored.ToJsonString(), "replace", "-f", "-").Output, Does.Contain("replaced"));

        stored["spec"]!["policyTypes"] = new JsonArray("Ingress");
        Assert.That(_api.TryKubectl(stored.ToJsonString(), "replace", "-f", "-").Error, Does.Contain("the object has been modified"));
    }

    private JsonNode Json(params string[] arguments) => JsonNode.Parse(_api.Kubectl([.. arguments, "-o", "json"]))!;

    private List<string[]> Columns(params string[] arguments) =>
        [.. _api.Kubectl(arguments).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}
