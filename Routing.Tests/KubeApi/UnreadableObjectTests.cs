using System.Text.Json.Nodes;
using Routing.Policy.Model;
using Routing.Policy.Reference;

namespace Routing.Tests.KubeApi;

/// <summary>Objects that do not fit their class, as those of a newer version may not: told in lists and in watches, they never open
/// anything.</summary>
internal sealed class UnreadableObjectTests : VirtualAgent
{
    private const string Global = "apis/projectcalico.org/v3/globalnetworkpolicies", Sets = "apis/projectcalico.org/v3/globalnetworksets";

    /// <summary>What breaks: the collection, where, and with what.</summary>
    public static IEnumerable<TestCaseData> Breaks()
    {
        (string, string, string)[] all =
        [
            (Policies, "spec.ingress", """[{"from":7}]"""), (Policies, "spec.podSelector", "7"), (Policies, "spec.policyTypes", "{}"),
            (Policies, "spec", "7"), (Admin, "spec.egress", """[{"action":"Deny","to":"all"}]"""), (Admin, "spec.priority", "\"first\""),
            (Admin, "spec.subject", "7"), (Global, "spec.ingress", "7"), (Global, "spec.selector", "7"), (Global, "spec.tier", "[]"), (Admin, "spec", "7"), (Global, "spec", "7"),
            (Sets, "spec.nets", "7"), (Sets, "metadata.labels", "7"), (Pods, "metadata.labels", "7"), (Pods, "spec.containers", "7"),
            (Pods, "status", "7"), (Namespaces, "metadata.labels", "7"), (Nodes, "status.addresses", "7"),
        ];
        return all.Select(one => new TestCaseData(one.Item1, one.Item2, one.Item3).SetArgDisplayNames(one.Item1.Split('/')[^1], one.Item2));
    }

    [TestCaseSource(nameof(Breaks))]
    public async Task What_cannot_be_read_any_more_stands_as_it_was(string collection, string field, string value)
    {
        Put();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        await PassAsync(Step);
        var old = Passing(Applier.Applied[^1]);
        Assert.That(old, Does.Contain(true).And.Contain(false));

        Break(collection, field, value);
        await UntilAsync("a watch has told it", () => Unreadable(collection) == 1);
        await PassAsync(Step);
        Assert.That(Applier.Applied.Select(Passing), Is.All.EqualTo(Passing(Applier.Applied[0])).Or.EqualTo(old));

        Api.Be(_ => Outage.None); // all that was said is forgotten: lists
        await UntilAsync("they are away", () => Loop.Status.Away.Length > 0);
        await UntilAsync("they are back", () => Loop.Status.Away.Length == 0);
        await PassAsync(Step);
        Assert.That(Passing(Applier.Applied[^1]), Is.EqualTo(old));
        Assert.That(Unreadable(collection), Is.EqualTo(1));

        Put();
        await UntilAsync("it can be read again", () => Unreadable(collection) == 0);
        await PassAsync(Step);
        Assert.That(Passing(Applier.Applied[^1]), Is.EqualTo(old));
    }

    [TestCaseSource(nameof(Breaks))]
    public async Task What_was_never_readable_opens_nothing(string collection, string field, string value)
    {
        Put();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        await PassAsync(Step);
        var readable = Passing(Applier.Applied[^1]);
        await StopAsync();

        SetUp();
        Put();
        Break(collection, field, value);
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        await PassAsync(Step);
        var closed = Passing(Applier.Applied[^1]);
        Assert.That(Unreadable(collection), Is.EqualTo(1));
        if ((collection, field) != (Sets, "metadata.labels")) // no API server lets such labels in
        {
            Assert.That(Packets.Where((_, i) => closed[i] && !readable[i]), Is.Empty);
        }
    }

    [Test]
    public async Task A_policy_that_was_never_readable_closes_whom_it_selects_and_no_others()
    {
        Put();
        Break(Policies, "spec.ingress", "7");
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        await PassAsync(Step);
        Assert.That(Allowed("web", "db"), Is.False);
        Assert.That(Allowed("db", "web"), Is.True, "it is of Ingress only, and of db only");
        var status = await Loop.ReadAsync(policy => policy.Policies(), CancellationToken.None);
        Assert.That(status.Single(one => one.Policy.Name.Name == "db").Problems.Items.Select(one => $"{one}"), Is.EqualTo(new[]
        {
            "spec.ingress: '7' is not allowed; what this version can read; it was never read here, and closes",
        }));

        Api.Delete(Policies, "shop/db");
        await UntilAsync("it is gone, read or not", () => Allowed("web", "db"));
        Assert.That(Unreadable(Policies), Is.Zero);
    }

    [TestCase(true, "192.0.2.1", false)]
    [TestCase(true, "198.51.100.1", false)]
    [TestCase(false, "192.0.2.1", false)]
    [TestCase(false, "198.51.100.1", true)]
    public async Task A_network_set_that_was_never_readable_may_be_anybody_where_it_is_denied(bool isUnreadable, string from, bool isOpen)
    {
        Put();
        Api.Put(Global, """
            {"metadata":{"name":"no-api"},"spec":{"order":1,"selector":"app == 'api'","types":["Ingress"],
             "ingress":[{"action":"Deny","source":{"selector":"role == 'bad'"}},{"action":"Allow"}]}}
            """);
        if (isUnreadable)
        {
            Break(Sets, "spec.nets", "7");
        }

        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        await PassAsync(Step);
        Assert.That(OpenFrom(from), Is.EqualTo(isOpen));

        Api.Put(Sets, """{"metadata":{"name":"bad","labels":{"role":"bad"}},"spec":{"nets":["192.0.2.0/24"]}}""");
        await UntilAsync("it can be read", () => OpenFrom("198.51.100.1"));
        Assert.That(OpenFrom("192.0.2.1"), Is.False);
    }

    private bool OpenFrom(string address) => new RulesetSimulator(Applier.Applied[^1]).Passes(new Packet(
        "eth0", Interface("api"), Address.Parse(address), Address.Parse("10.1.0.4"), TransportProtocol.Tcp, 80));

    [Test]
    public async Task A_pod_is_selected_by_the_labels_it_has_now_whatever_else_cannot_be_read()
    {
        Put();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        Assert.That(Allowed("web", "db"), Is.True);

        Api.Put(Pods, """{"metadata":{"name":"web","namespace":"shop","labels":{"app":"other"}},"spec":{"nodeName":"n1","containers":7}}""");
        await UntilAsync("web is none of those who may", () => !Allowed("web", "db"));
        Assert.That(Allowed("web", "api"), Is.False, "and it is a pod still, which the global policy denies");
        Assert.That(Allowed("web", ""), Is.False);
    }

    [TestCase("spec.interfaceName", "*", true)]
    [TestCase("spec.profiles", "eth0", false)]
    [TestCase("metadata.managedFields", "eth0", true)]
    public async Task A_host_endpoint_that_was_never_readable_is_every_interface_that_it_may_be(string field, string interfaces, bool isOpen)
    {
        Put();
        Break("apis/projectcalico.org/v3/hostendpoints", field, "7");
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        var host = await Loop.ReadAsync(policy => policy.FindHostEndpoint("eth0")!, CancellationToken.None);
        Assert.That(host, Has.Property("InterfaceName").EqualTo(interfaces).And.Property("IsOpen").EqualTo(isOpen));
    }

    [Test]
    public async Task What_no_policy_looks_at_may_be_unreadable()
    {
        Put();
        Break(Pods, "spec.overhead", "7");
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => Loop.Status.InForce);
        Assert.That(Unreadable(Pods), Is.EqualTo(1));
        await UntilAsync("it is a pod like others", () => Allowed("web", "db"));
    }

    private bool Allowed(string from, string to) =>
        new RulesetSimulator(Applier.Applied[^1]).Passes(Packets.Single(one => one.InputInterface == Interface(from) && one.OutputInterface == Interface(to)));

    private int Unreadable(string collection) => Resources.Where(one => one.Resource.StartsWith(collection.Split('/')[^1], StringComparison.Ordinal))
        .Sum(one => one.State().Unreadable.Count);

    /// <summary>Only web may ask db, nobody the world or api, and what is in a set nobody.</summary>
    private void Put()
    {
        foreach (var (collection, json) in Objects())
        {
            Api.Put(collection, json);
        }
    }

    /// <summary>Writes something into a field of the one object, or of web.</summary>
    private void Break(string collection, string field, string value)
    {
        var broken = JsonNode.Parse(Objects().First(one => one.Collection == collection).Json)!.AsObject();
        JsonNode at = broken;
        foreach (var name in field.Split('.')[..^1])
        {
            at = at[name]!;
        }

        at[field.Split('.')[^1]] = JsonNode.Parse(value);
        Api.Put(collection, broken.ToJsonString());
    }

    private static IEnumerable<(string Collection, string Json)> Objects()
    {
        yield return (Nodes, """{"metadata":{"name":"n1"},"status":{"addresses":[{"type":"InternalIP","address":"172.16.0.1"}]}}""");
        yield return (Namespaces, """{"metadata":{"name":"shop","labels":{"team":"ops"}}}""");
        foreach (var (name, address) in Local[..3])
        {
            yield return (Pods, $$$"""
                {"metadata":{"name":"{{{name}}}","namespace":"shop","labels":{"app":"{{{name}}}"}},"spec":{"nodeName":"n1","containers":[]},
                 "status":{"podIP":"{{{address}}}","podIPs":[{"ip":"{{{address}}}"}]}}
                """);
        }

        yield return (Policies, """
            {"metadata":{"name":"db","namespace":"shop"},"spec":{"podSelector":{"matchLabels":{"app":"db"}},"policyTypes":["Ingress"],
             "ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"web"}}}]}]}}
            """);
        yield return (Admin, """
            {"metadata":{"name":"no-world"},"spec":{"tier":"Admin","priority":1,"subject":{"namespaces":{"matchLabels":{"team":"ops"}}},
             "egress":[{"action":"Deny","to":[{"networks":["192.0.2.0/24"]}]}]}}
            """);
        yield return (Global, """
            {"metadata":{"name":"no-api"},"spec":{"order":1,"selector":"app == 'api'","types":["Ingress"],
             "ingress":[{"action":"Allow","source":{"notSelector":"role == 'bad'","nets":["192.0.2.0/24"]}},{"action":"Deny"}]}}
            """);
        yield return ("apis/projectcalico.org/v3/hostendpoints", """
            {"metadata":{"name":"eth0"},"spec":{"node":"n1","interfaceName":"eth0","profiles":["projectcalico-default-allow"]}}
            """);
        yield return (Sets, """{"metadata":{"name":"bad","labels":{"role":"bad"}},"spec":{"nets":["192.0.2.1/32"]}}""");
    }
}
