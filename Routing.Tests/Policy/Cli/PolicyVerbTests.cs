using System.Diagnostics;
using System.Text.Json.Nodes;
using Routing.Agent.Cli;
using Routing.Agent.Lab.Processes;
using Routing.Policy.Translate.Calico;
using Routing.Tests.Golden;
using Routing.Tests.Lab;

namespace Routing.Tests.Policy.Cli;

public class PolicyVerbTests
{
    private static readonly string Folder = Repository.PathOf("Routing.Tests/Golden/policy");
    private static readonly string Cluster = Path.Combine(Folder, "cluster.yaml");
    private static readonly string Flows = Path.Combine(Folder, "flows.jsonl");
    private string _temp = "";

    [SetUp]
    public void MakeTemp() => _temp = Directory.CreateTempSubdirectory("routing-test-").FullName;

    [TearDown]
    public void RemoveTemp() => Directory.Delete(_temp, recursive: true);

    [TestCase("n1.nft", "--backend", "nftables")]
    [TestCase("n1.iptables", "--backend", "iptables")]
    [TestCase("n1.ip6tables", "--backend", "iptables", "--family", "ipv6")]
    public async Task Compile_prints_the_rules_of_a_node(string golden, params string[] options)
    {
        var (code, output, error) = await Run(["policy", "compile", "-f", Cluster, "--node", "n1", .. options]);
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        GoldenFile.Verify($"policy/{golden}", output);
    }

    [Test]
    public async Task Compile_writes_the_files_of_ipset_and_iptables()
    {
        var (code, output, error) = await Run(
            ["policy", "compile", "-f", Cluster, "--node", "n1", "--backend", "iptables", "--directory", _temp]);
        Assert.That((code, output, error), Is.EqualTo((ExitCode.Success, "", "")));
        foreach (var file in new[] { "sets.ipset", "rules.v4", "rules.v6" })
        {
            GoldenFile.Verify($"policy/n1-{file}", await File.ReadAllTextAsync(Path.Combine(_temp, file)));
        }

        (code, _, error) = await Run(["policy", "compile", "-f", Cluster, "--node", "n1", "--directory", _temp]);
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error, Does.Contain("--directory is for --backend iptables"));
    }

    [Test]
    public async Task Eval_repeats_the_flows_with_the_answers()
    {
        var (code, output, error) = await Run(["policy", "eval", "-f", Folder, "--flows", Flows, "--json"]);
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        GoldenFile.Verify("policy/answers.jsonl", output);
        var answers = output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.That(answers.Select(answer => (string?)answer["verdict"]), Is.EqualTo(new[] { "Allow", "Deny", "Allow", "Deny", "Allow", "Deny" }));
        Assert.That(answers.All(answer => answer["reasons"]!.AsArray().Count >= 2));
    }

    [Test]
    public async Task Eval_prints_a_table_for_people()
    {
        var (code, output, _) = await Run(["policy", "eval", "-f", Cluster, "--flows", Flows]);
        Assert.That(code, Is.EqualTo(ExitCode.Success));
        Assert.That(output.Split('\n')[0], Does.Match("^FROM +TO +PROTOCOL +PORT +VERDICT +REASONS"));
        Assert.That(output.Split('\n')[2], Does.Contain("Deny").And.Contain("NetworkPolicy shop/web isolates the pod"));
    }

    [Test]
    public async Task Verbose_names_what_is_not_looked_at()
    {
        string[] command = ["policy", "eval", "-f", Cluster, "--flows", Flows, "--json"];
        Assert.That((await Run(command)).Error, Is.Empty);
        Assert.That((await Run([.. command, "--verbose"])).Error, Is.EqualTo($"{Cluster}:67: not looked at: apps/v1 Deployment web\n"));
    }

    [Test]
    public async Task Every_mistake_in_the_files_is_named_at_once_with_its_line()
    {
        var manifest = Write("bad.yaml", """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: one, namespace: shop}
            spec:
              podSelector:
                matchLabels:
                  app: 7
              ingres: []
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: two, namespace: shop}
            spec:
              podSelector: {}
              ingress:
              - from:
                - ipBlock:
                    cidr: 10.0.0.0/33
                ports:
                - port: 80
                  endPort: 79
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: pod, namespace: shop}
            spec: {hostNetwork: maybe}
            ---
            kind: Pod
            """);
        var flows = Write("flows", """
            {"from":"shop/web-0","to":"shop","protocol":"TCP","port":80}

            {"from":"10.0.0.1","to":"fd00::1","protocol":"TPC","port":0}
            nonsense
            """);
        var (code, output, error) = await Run(["policy", "eval", "-f", manifest, "--flows", flows]);
        Assert.That((code, output), Is.EqualTo((ExitCode.Usage, "")));
        string[] expected =
        [
            $"routing: {manifest}:7: NetworkPolicy shop/one: spec.podSelector.matchLabels.app: '7' is not allowed; a string; put it in quotes",
            $"routing: {manifest}:8: NetworkPolicy shop/one: spec.ingres: 'ingres' is not allowed; fields here are egress, ingress, podSelector, policyTypes",
            $"routing: {manifest}:18: NetworkPolicy shop/two: spec.ingress[0].from[0].ipBlock.cidr: '10.0.0.0/33' is not allowed; an IPv4 or IPv6 block as address/length",
            $"routing: {manifest}:21: NetworkPolicy shop/two: spec.ingress[0].ports[0].endPort: '79' is not allowed; a number from port (80) to 65535",
            $"routing: {manifest}:26: Pod shop/pod: spec.hostNetwork: 'maybe' is not allowed; true or false",
            $"routing: {manifest}:28: apiVersion: missing; every object has an apiVersion and a kind",
            $"routing: {flows}:1: to: 'shop' is not allowed; namespace/pod or an IP address",
            $"routing: {flows}:3: protocol: 'TPC' is not allowed; {CalicoProtocols.Allowed}",
            $"routing: {flows}:3: port: '0' is not allowed; a number from 1 to 65535",
            $"routing: {flows}:3: to: 'fd00::1' is not allowed; an address of the same IP version as from (10.0.0.1)",
        ];
        var lines = error.TrimEnd().Split('\n');
        Assert.That(lines[..^1], Is.EqualTo(expected));
        Assert.That(lines[^1], Does.StartWith($"routing: {flows}:4: not readable as JSON: "));
    }

    [Test]
    public async Task A_document_that_is_no_yaml_hides_no_mistake_of_another()
    {
        var path = Write("several.yaml", string.Join("\r\n", """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: first}
            spec: {podSelector: {}, ingres: []}
            --- # broken: a list without an end
            spec: {ingress: [
              - from: "
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: second}
            spec: {podSelector: {}, ingress: 7}
            ---
            ? [no key]
            : in JSON
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: third}
            spec:
            \tpodSelector: {}
            --- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: fourth}, spec: {podSelector: 1}}
            """.Replace("\\t", "\t", StringComparison.Ordinal).Split('\n')));
        var (code, _, error) = await Run(["policy", "lint", "-f", path]);
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        var lines = error.TrimEnd().Split('\n');
        Assert.That(lines.Select(line => string.Join(':', line[$"routing: {path}:".Length..].Split(": ")[..2])), Is.EqualTo(new[]
        {
            "4:NetworkPolicy first", "7:not readable as YAML or JSON", "12:NetworkPolicy second", "14:not readable as YAML or JSON",
            "21:not readable as YAML or JSON", "22:NetworkPolicy fourth",
        }), error);
    }

    [Test]
    public async Task Files_of_nothing_but_broken_documents_are_given_up_after_a_while()
    {
        var path = Write("broken.yaml", string.Concat(Enumerable.Repeat("---\n{a: [\n", 100_000)));
        var (code, _, error) = await Run(["policy", "lint", "-f", path]);
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(100));
    }

    [TestCase("a: [1", "not readable as YAML or JSON")]
    [TestCase("- 1", "this is no Kubernetes object")]
    [TestCase("a: &x [*x]\napiVersion: v1\nkind: Pod", "nested deeper than 64")]
    [TestCase("{apiVersion: v1, kind: Pod, kind: Pod}", "not readable as YAML or JSON")]
    [TestCase("{apiVersion: v1, kind: Pod}", "metadata.name: missing")]
    [TestCase("{apiVersion: v1, kind: Pod, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: a}}", ":3: Pod a: metadata.name: 'a' is not allowed; it stands in")]
    [TestCase("DEEP", "nested deeper than 64")]
    [TestCase("LAUGHS", "aliases stand for more than 100000 values")]
    [TestCase("apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n", "some.yaml:4: not readable as YAML or JSON: While scanning a mapping, found invalid tab as indentation")]
    [TestCase("apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: a}\nspec: {tier: Admin, priority: 1, subject: {namespaces: {}, pods: {}}}",
        ":4: ClusterNetworkPolicy a: spec.subject: 'namespaces, pods' is not allowed; exactly one of namespaces and pods")]
    [TestCase("apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: a}\nspec: {tier: Admin, priority: 1, subject: {}}",
        ":4: ClusterNetworkPolicy a: spec.subject: missing; exactly one of namespaces and pods")]
    [TestCase("{apiVersion: v1, kind: Pod, metadata: {<<: [1]}}", "<< takes in a mapping, or a list of some")]
    public async Task A_file_of_any_shape_is_answered_with_a_line(string manifest, string expected)
    {
        manifest = manifest.Replace("DEEP", new string('[', 100_000), StringComparison.Ordinal).Replace("LAUGHS",
            $"a0: &a0 [x, x]\n{string.Concat(Enumerable.Range(1, 40).Select(i => $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n"))}", StringComparison.Ordinal);
        var path = Write("some.yaml", manifest);
        var (code, _, error) = await Run(["policy", "compile", "-f", path, "--node", "n1"]);
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error, Does.StartWith($"routing: {path}").And.Contain(expected));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
    }

    [TestCase("np.yaml", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {{ .Release.Name }}\n", 4)]
    [TestCase("np.yaml", "{{- if .Values.enabled }}\napiVersion: networking.k8s.io/v1\n{{- end }}\n", 1)]
    [TestCase("kustomization.yaml", "# one\nresources: [np.yaml]\n", 2)]
    [TestCase("values.yaml", "enabled: true\n", 1)]
    public async Task What_is_to_be_rendered_first_is_told_so(string name, string text, int line)
    {
        var (code, _, error) = await Run(["policy", "lint", "-f", Write(name, text)]);
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error, Does.StartWith($"routing: {_temp}/{name}:{line}: ").And.Contain("helm template CHART | routing ... -f -"));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
    }

    [TestCase("extensions/v1beta1", "NetworkPolicy", "apiVersion: 'extensions/v1beta1' is not allowed; NetworkPolicy is read from networking.k8s.io/v1, projectcalico.org/v3, crd.projectcalico.org/v1")]
    [TestCase("policy.networking.k8s.io/v1alpha1", "ClusterNetworkPolicy", "apiVersion: 'policy.networking.k8s.io/v1alpha1' is not allowed; ClusterNetworkPolicy is read from policy.networking.k8s.io/v1alpha2")]
    [TestCase("networking.k8s.io/v1", "networkpolicy", "kind: 'networkpolicy' is not allowed; NetworkPolicy")]
    public async Task A_policy_under_a_name_that_nobody_knows_is_not_passed_over(string version, string kind, string expected)
    {
        var path = Write("some.yaml", $"# one\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: one}}\nspec: {{}}\n");
        var (code, _, error) = await Run(["policy", "matrix", "-f", path, "-f", Cluster]);
        Assert.That((code, error), Is.EqualTo((ExitCode.Usage, $"routing: {path}:{(expected[0] == 'k' ? 3 : 2)}: {kind} one: {expected}\n")));
    }

    [Test]
    public async Task Policies_that_somebody_else_enforces_are_named_and_left_out()
    {
        var path = Write("some.yaml", "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: one}\n");
        var (code, _, error) = await Run(["policy", "matrix", "-f", path, "-f", Cluster]);
        Assert.That((code, error), Is.EqualTo((ExitCode.Success,
            $"routing: {path}:2: CiliumNetworkPolicy one: kind: policies of cilium.io/v2 are not looked at: what they say is no part of the answer\n")));
    }

    [Test]
    public async Task What_kubectl_get_prints_can_be_read()
    {
        var dump = Write("dump.yaml", """
            apiVersion: v1
            kind: List
            metadata: {resourceVersion: ""}
            items:
            - apiVersion: networking.k8s.io/v1
              kind: NetworkPolicy
              metadata:
                annotations:
                  kubectl.kubernetes.io/last-applied-configuration: |
                    {"apiVersion":"networking.k8s.io/v1"}
                creationTimestamp: "2024-05-01T08:00:00Z"
                generation: 1
                managedFields:
                - {apiVersion: networking.k8s.io/v1, fieldsType: FieldsV1, fieldsV1: {f:spec: {f:podSelector: {}}}, manager: kubectl, operation: Update, time: 2024-05-01T08:00:00Z}
                name: web
                namespace: shop
                resourceVersion: "4711"
                uid: 0b7f4f2e-9f3c-4d8e-8c39-2a6a3f9b1c11
              spec:
                podSelector: {}
                policyTypes: [Ingress]
              status: {}
            - apiVersion: v1
              kind: Pod
              metadata: {name: a, namespace: shop, labels: {version: "1"}}
              spec: {aFieldOfTomorrow: 1, nodeName: n1, containers: [{name: c, resources: {limits: {cpu: 1, memory: 1Gi}}}]}
              status: {phase: Running, startTime: 2024-05-01T08:00:00Z, podIP: 10.0.0.1}
            """);
        var flows = Write("flows", "{\"from\":\"10.0.0.9\",\"to\":\"shop/a\",\"protocol\":\"TCP\",\"port\":80}");
        var (code, output, error) = await Run(["policy", "eval", "-f", dump, "--flows", flows, "-o", "json"]);
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        Assert.That((string?)JsonNode.Parse(output)!["verdict"], Is.EqualTo("Deny"));
    }

    [Test]
    public async Task What_is_not_there_is_named()
    {
        var (code, _, error) = await Run(["policy", "compile", "-f", Cluster, "--node", "n9"]);
        Assert.That((code, error), Is.EqualTo((ExitCode.Usage,
            "routing: --node 'n9': the manifests have no such Node and no pod with that nodeName; there are: n1, n2\n")));

        var missing = Path.Combine(_temp, "missing.yaml");
        (code, _, error) = await Run(["policy", "compile", "-f", missing, "--node", "n1"]);
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error, Does.StartWith($"routing: {missing}: cannot be read: "));

        (code, _, error) = await Run(["policy", "eval", "-f", Cluster, "--flows", Write("flows", "{\"from\":\"shop/nobody\",\"to\":\"shop/db\",\"port\":1}")]);
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error, Does.EndWith(":1: from: 'shop/nobody' is not allowed; the manifests have no such pod\n"));
    }

    [Test]
    public async Task Fields_are_taken_in_from_an_anchor_and_those_of_the_mapping_itself_count()
    {
        var path = Write("some.yaml", """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: one, namespace: shop}
            spec:
              podSelector: {matchLabels: &labels {app: web, track: canary}}
              ingress:
              - from: [{podSelector: {matchLabels: {<<: *labels, track: stable}}}]
            """);
        var (code, output, error) = await Run(
            ["policy", "explain", "-f", path, "-f", Cluster, "-f", Cluster, "--from", "shop/web-1", "--to", "shop/web-2", "--port", "80"]);
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        Assert.That(output, Does.Contain("pods 'app=web,track=stable' in namespace 'shop'"));
    }

    [Test]
    public async Task Messages_of_ICMP_are_told_apart_in_the_table()
    {
        var flows = Write("flows", """{"from":"ops/probe","to":"shop/db","protocol":"ICMP","type":8,"code":1}""");
        var (_, output, _) = await Run(["policy", "eval", "-f", Cluster, "--flows", flows]);
        Assert.That(output.Split('\n')[1], Does.Contain("   ICMP       type 8 code 1   "));
    }

    [Test]
    public async Task A_signal_ends_a_verb_where_it_is()
    {
        var fifo = Path.Combine(_temp, "fifo");
        using (var made = Process.Start(Requires.Tool("mkfifo"), fifo))
        {
            await made.WaitForExitAsync();
        }

        using var run = Process.Start(LabRun.Program, ["policy", "lint", "-f", fifo]);
        try
        {
            await using var writer = await Task.Run(() => new FileStream(fifo, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)); // waits until the verb reads
            Signals.Send(run.Id, Signals.Terminate);
            await run.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.That(run.ExitCode, Is.EqualTo(128 + Signals.Terminate));
        }
        finally
        {
            run.Kill();
        }
    }

    [TestCase("matrix")]
    [TestCase("diff", "--old")]
    public async Task Policies_without_pods_prove_nothing(string verb, params string[] old)
    {
        var path = Write("some.yaml", Isolating);
        var (code, output, error) = await Run(["policy", verb, "-f", path, .. old, .. old.Select(_ => path)]);
        Assert.That((code, output), Is.EqualTo((ExitCode.Usage, "")));
        Assert.That(error, Does.StartWith("routing: no pods: "));
    }

    private const string Isolating = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: closed, namespace: shop}
        spec: {podSelector: {}}
        """;

    [Test]
    [NonParallelizable]
    public async Task Manifests_come_by_standard_input_as_renderers_pipe_them()
    {
        var flows = Write("flows", "{\"from\":\"10.0.0.9\",\"to\":\"shop/web-0\",\"protocol\":\"TCP\",\"port\":8080}");
        var (code, output, error) = await RunWith($"{Isolating}\n---\n{await File.ReadAllTextAsync(Cluster)}", "-f", "-", "--flows", flows, "--json");
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        Assert.That(output, Does.Contain("shop/closed"));

        (code, _, error) = await RunWith(Isolating.Replace("podSelector", "podSelektor", StringComparison.Ordinal), "-f", "-", "--flows", flows);
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error, Does.StartWith("routing: <stdin>:4: NetworkPolicy shop/closed: spec.podSelektor: "));

        (code, _, error) = await RunWith("# nothing was rendered\n", "-f", "-", "--flows", flows);
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error, Does.StartWith("routing: <stdin>: there is no object in it\n"));

        (code, _, error) = await RunWith("nonsense", "-f", Cluster, "--flows", "-");
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error, Does.StartWith("routing: <stdin>:1: not readable as JSON"));

        (code, _, error) = await RunWith("", "-f", "-", "--flows", "-");
        Assert.That((code, error), Is.EqualTo((ExitCode.Usage,
            "routing: standard input (-) is named more than once, and can be read only once (see 'routing policy eval --help')\n")));
    }

    [Test]
    public async Task Folders_in_a_folder_are_looked_into_when_asked()
    {
        Directory.CreateDirectory(Path.Combine(_temp, "all", "base"));
        Directory.CreateSymbolicLink(Path.Combine(_temp, "all", "base", "again"), Path.Combine(_temp, "all"));
        File.Copy(Cluster, Path.Combine(_temp, "all", "base", "cluster.yaml"));
        string[] command = ["policy", "compile", "-f", Path.Combine(_temp, "all"), "--node", "n1"];
        var (code, output, error) = await Run([.. command, "-R"]);
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        GoldenFile.Verify("policy/n1.nft", output);
        (code, _, error) = await Run(command);
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error, Does.EndWith("no manifests here; a folder's are its .yaml, .yml, .json files, and with --recursive those of the folders in it\n"));
    }

    private static async Task<(int Code, string Output, string Error)> RunWith(string input, params string[] arguments)
    {
        var before = Console.In;
        Console.SetIn(new StringReader(input));
        try
        {
            return await Run(["policy", "eval", .. arguments]);
        }
        finally
        {
            Console.SetIn(before);
        }
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_temp, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<(int Code, string Output, string Error)> Run(string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
