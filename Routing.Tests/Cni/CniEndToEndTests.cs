using System.Text.Json;
using Routing.Tests.Netns;

namespace Routing.Tests.Cni;

/// <summary>The real shim, the real server and the real kernel; only the packet filter is played.</summary>
[Category("Netns")]
internal sealed class CniEndToEndTests
{
    private CniNode _node = null!;
    private readonly List<TestNamespace> _pods = [];

    [SetUp]
    public void Start_a_node()
    {
        Requires.Root();
        CniCall.ShimPath();
        _node = CniNode.Start("10.1.0.0/24", "fd00:1::/64");
    }

    [TearDown]
    public async Task Stop_it()
    {
        _pods.ForEach(each => each.Dispose());
        _pods.Clear();
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
    }

    [Test]
    public async Task Two_pods_reach_each_other_and_their_node_over_both_families()
    {
        _node.Namespace.Ip("addr", "add", "192.0.2.1/32", "dev", "lo"); // a node has an address pods can answer to
        var (a, b) = (Pod(), Pod());
        var first = await _node.AddAsync("a", a);
        var second = await _node.AddAsync("b", b);
        Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((0, 0)), first.Output + second.Output);

        await TcpProbe.ConnectAsync(a, b, "10.1.0.2");
        await TcpProbe.ConnectAsync(a, b, "fd00:1::2");
        await TcpProbe.ConnectAsync(_node.Namespace, a, "10.1.0.1");
        await TcpProbe.ConnectAsync(b, a, "fd00:1::1");
    }

    [Test]
    public async Task The_result_names_both_interfaces_the_addresses_and_the_default_routes()
    {
        var pod = Pod();
        var call = await _node.CallAsync("ADD", "a", CniNode.PathOf(pod),
            _node.Config(more: """, "mtu": 1400, "dns": {"nameservers": ["10.96.0.10"], "search": ["svc.local"]}"""));

        var result = call.Json;
        var host = result.GetProperty("interfaces")[0];
        var inside = result.GetProperty("interfaces")[1];
        using var linkJson = JsonDocument.Parse(pod.Ip("-j", "link", "show", "eth0"));
        var link = linkJson.RootElement[0];
        Assert.Multiple(() =>
        {
            Assert.That(call.ExitCode, Is.Zero);
            Assert.That(call.Error, Is.Empty);
            Assert.That(result.GetProperty("cniVersion").GetString(), Is.EqualTo("1.1.0"));
            Assert.That(host.GetProperty("name").GetString(), Does.Match("^rt[0-9a-f]{12}$"));
            Assert.That(host.GetProperty("mac").GetString(), Is.EqualTo("ee:ee:ee:ee:ee:ee"));
            Assert.That(host.TryGetProperty("sandbox", out _), Is.False);
            Assert.That(inside.GetProperty("name").GetString(), Is.EqualTo("eth0"));
            Assert.That(inside.GetProperty("mac").GetString(), Is.EqualTo(link.GetProperty("address").GetString()));
            Assert.That(inside.GetProperty("mtu").GetInt32(), Is.EqualTo(1400));
            Assert.That(link.GetProperty("mtu").GetInt32(), Is.EqualTo(1400));
            Assert.That(inside.GetProperty("sandbox").GetString(), Is.EqualTo(CniNode.PathOf(pod)));
            Assert.That(result.GetProperty("ips").ToString(), Is.EqualTo(
                """[{"address":"10.1.0.1/32","gateway":"169.254.1.1","interface":1},{"address":"fd00:1::1/128","gateway":"fe80::1","interface":1}]"""));
            Assert.That(result.GetProperty("routes").ToString(), Is.EqualTo(
                """[{"dst":"0.0.0.0/0","gw":"169.254.1.1"},{"dst":"::/0","gw":"fe80::1"}]"""));
            Assert.That(result.GetProperty("dns").ToString(), Is.EqualTo(
                """{"nameservers": ["10.96.0.10"], "search": ["svc.local"]}"""), "octet for octet");
            Assert.That(_node.Namespace.Ip("link", "show", host.GetProperty("name").GetString()!),
                Does.Contain("alias default/a a/eth0"));
            Assert.That(pod.Ip("link", "show", "lo"), Does.Contain("UP"));
        });
    }

    [Test]
    public async Task No_ARP_and_no_neighbour_discovery_is_ever_sent()
    {
        var (a, b) = (Pod(), Pod());
        Assert.That((await _node.AddAsync("a", a)).ExitCode, Is.Zero);
        using var sniffer = new NeighbourSniffer(a);
        Assert.That((await _node.AddAsync("b", b)).ExitCode, Is.Zero);

        await TcpProbe.ConnectAsync(a, b, "10.1.0.2");
        await TcpProbe.ConnectAsync(a, b, "fd00:1::2");

        var (frames, resolutions) = sniffer.Drain();
        Assert.That(frames, Is.GreaterThan(10), "the sniffer saw the connections");
        Assert.That(resolutions, Is.Empty);
    }

    [Test]
    public async Task The_same_ADD_again_is_the_same_result_and_changes_nothing()
    {
        var pod = Pod();
        var first = await _node.AddAsync("a", pod);
        string State() => string.Join('\n', new[] { pod, _node.Namespace }.SelectMany(each =>
            new[] { each.Ip("-o", "addr"), each.Ip("route"), each.Ip("-6", "route"), each.Ip("neigh") }));
        var before = State();
        var again = await Task.WhenAll(_node.AddAsync("a", pod), _node.AddAsync("a", pod));

        Assert.That(again.Select(call => call.Output), Is.All.EqualTo(first.Output));
        Assert.That(State(), Is.EqualTo(before));
        Assert.That(_node.Store.Attachments, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Two_ADDs_at_once_are_one()
    {
        var pod = Pod();
        var calls = await Task.WhenAll(_node.AddAsync("a", pod), _node.AddAsync("a", pod), _node.AddAsync("a", pod));

        Assert.That(calls.Select(call => call.ExitCode), Is.All.Zero, calls[0].Output);
        Assert.That(calls.Select(call => call.Output).Distinct().Count(), Is.EqualTo(1));
        Assert.That(_node.Store.Attachments, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Fifty_pods_at_once_all_get_addresses_of_their_own()
    {
        var pods = Enumerable.Range(0, 50).Select(_ => Pod()).ToArray();
        var calls = await Task.WhenAll(pods.Select((pod, index) => _node.AddAsync($"c{index}", pod)));

        Assert.That(calls.Select(call => call.ExitCode), Is.All.Zero, calls.FirstOrDefault(call => call.ExitCode != 0)?.Output);
        var addresses = calls.SelectMany(call =>
            call.Json.GetProperty("ips").EnumerateArray().Select(ip => ip.GetProperty("address").GetString())).ToList();
        Assert.That(addresses, Has.Count.EqualTo(100).And.Unique);
        await TcpProbe.ConnectAsync(pods[0], pods[49], _node.Store.Attachments.Single(each => each.Key.ContainerId == "c49").IPv4!.ToString());

        await Task.WhenAll(pods.Select((pod, index) => _node.DelAsync($"c{index}", pod)));
        _node.AssertNothingLeft();
    }

    [Test]
    public async Task DEL_takes_everything_away_and_may_come_again()
    {
        var pod = Pod();
        await _node.AddAsync("a", pod);
        for (var time = 0; time < 2; time++)
        {
            var call = await _node.DelAsync("a", pod);
            Assert.That((call.ExitCode, call.Output), Is.EqualTo((0, "")));
            _node.AssertNothingLeft();
        }

        Assert.That(pod.Ip("-o", "link"), Does.Not.Contain("eth0"));
    }

    [Test]
    public async Task DEL_succeeds_without_the_namespace_without_CNI_NETNS_and_for_a_container_nobody_knows()
    {
        var pod = Pod();
        await _node.AddAsync("a", pod);
        await _node.AddAsync("b", Pod());
        pod.Dispose();

        var calls = new[]
        {
            await _node.DelAsync("a", pod),
            await _node.CallAsync("DEL", "b", ""),
            await _node.CallAsync("DEL", "unknown", "/run/netns/no-such"),
        };
        Assert.That(calls.Select(call => call.ExitCode), Is.All.Zero, calls[0].Output);
        _node.AssertNothingLeft();
    }

    [Test]
    public async Task A_failed_ADD_leaves_nothing_and_can_be_repeated()
    {
        var pod = Pod();
        _node.Policy.FailNextCommit = new Routing.Agent.Dataplane.PodUnknownException("the API server does not know default/a");

        var failed = await _node.AddAsync("a", pod);
        Assert.That((failed.ExitCode, failed.Code), Is.EqualTo((1, 11)), failed.Output);
        Assert.That(failed.Message, Does.Contain("does not know default/a"));
        Assert.That(pod.Ip("-o", "link"), Does.Not.Contain("eth0"));
        _node.AssertNothingLeft();

        Assert.That((await _node.AddAsync("a", pod)).ExitCode, Is.Zero);
    }

    [Test]
    public async Task An_interface_of_that_name_that_is_not_ours_is_left_alone()
    {
        var (pod, other) = (Pod(), Pod());
        other.Connect(pod, "theirs", "eth0");

        var call = await _node.AddAsync("a", pod);
        Assert.That((call.ExitCode, call.Code), Is.EqualTo((1, 103)), call.Output);
        Assert.That(call.Message, Does.Contain("eth0").And.Contain(CniNode.PathOf(pod)));
        Assert.That(pod.Ip("-o", "link"), Does.Contain("eth0"));
        _node.AssertNothingLeft();
    }

    [Test]
    public async Task CHECK_agrees_after_ADD_and_says_what_was_changed_since()
    {
        var pod = Pod();
        var added = await _node.AddAsync("a", pod);
        var config = _node.Config(more: $", \"prevResult\": {added.Output}");
        Assert.That((await _node.CallAsync("CHECK", "a", CniNode.PathOf(pod), config)).Output, Is.Empty);

        var host = added.Json.GetProperty("interfaces")[0].GetProperty("name").GetString()!;
        foreach (var (change, complaint) in new (Action Change, string Complaint)[]
        {
            (() => pod.Ip("neigh", "del", "169.254.1.1", "dev", "eth0"), "no neighbour entry 169.254.1.1"),
            (() => pod.Ip("-6", "route", "del", "default"), "no route ::/0"),
            (() => pod.Ip("addr", "del", "10.1.0.1/32", "dev", "eth0"), "does not have the address 10.1.0.1/32"),
            (() => _node.Namespace.Ip("route", "del", "10.1.0.1"), "the node has no route to 10.1.0.1/32"),
            (() => _node.Namespace.Ip("link", "set", host, "down"), $"{host} on the node is down"),
            (() => _node.Namespace.Ip("link", "del", host), $"{host} on the node is gone"),
        })
        {
            change();
            var call = await _node.CallAsync("CHECK", "a", CniNode.PathOf(pod), config);
            Assert.That((call.ExitCode, call.Code), Is.EqualTo((1, 102)), call.Output);
            Assert.That(call.Json.GetProperty("details").GetString(), Does.Contain(complaint));
        }

        var repaired = await _node.AddAsync("a", pod);
        Assert.That(repaired.Output, Is.EqualTo(added.Output), "ADD mends what is broken, with the same addresses");
        Assert.That((await _node.CallAsync("CHECK", "a", CniNode.PathOf(pod), config)).Output, Is.Empty);
        var unknown = await _node.CallAsync("CHECK", "b", CniNode.PathOf(pod), config);
        Assert.That(unknown.Code, Is.EqualTo(3));
    }

    [Test]
    public async Task GC_takes_what_the_runtime_does_not_list_of_this_network_only()
    {
        var pods = new[] { Pod(), Pod(), Pod() };
        await _node.AddAsync("kept", pods[0]);
        await _node.AddAsync("stale", pods[1]);
        await _node.CallAsync("ADD", "other", CniNode.PathOf(pods[2]), _node.Config().Replace("\"pods\"", "\"others\""));

        var config = _node.Config(more: """, "cni.dev/valid-attachments": [{"containerID": "kept", "ifname": "eth0"}]""");
        var call = await CniCall.RunAsync(config, ("CNI_COMMAND", "GC"), ("CNI_PATH", "/opt/cni/bin"));

        Assert.That((call.ExitCode, call.Output), Is.EqualTo((0, "")));
        Assert.That(_node.Store.Attachments.Select(each => each.Key.ContainerId), Is.EquivalentTo(new[] { "kept", "other" }));
        Assert.That(pods[1].Ip("-o", "link"), Does.Not.Contain("eth0"));
    }

    [Test]
    public async Task STATUS_follows_the_agent()
    {
        Task<CniCall> StatusAsync() => CniCall.RunAsync(_node.Config(), ("CNI_COMMAND", "STATUS"), ("CNI_PATH", "/x"));
        Assert.That((await StatusAsync()).ExitCode, Is.Zero);

        _node.State.NotReadyReason = "the policies have not been read yet";
        var call = await StatusAsync();
        Assert.That((call.ExitCode, call.Code), Is.EqualTo((1, 50)));
        Assert.That(call.Message, Does.Contain("the policies have not been read yet"));
        var add = await _node.AddAsync("a", Pod());
        Assert.That((add.ExitCode, add.Code), Is.EqualTo((1, 11)));
        _node.AssertNothingLeft();
    }

    [Test]
    public async Task A_full_CIDR_fails_the_ADD_by_name_and_takes_nothing_of_the_other_family()
    {
        _node.State.PodCidrs = [System.Net.IPNetwork.Parse("10.9.0.0/30"), System.Net.IPNetwork.Parse("fd00:9::/64")];
        await _node.AddAsync("a", Pod());
        await _node.AddAsync("b", Pod());
        var full = await _node.AddAsync("c", Pod());

        Assert.That((full.ExitCode, full.Code), Is.EqualTo((1, 101)), full.Output);
        Assert.That(full.Message, Does.Contain("10.9.0.0/30 (2 in use)"));
        await _node.CallAsync("DEL", "a", "");
        Assert.That((await _node.AddAsync("d", Pod())).Json.GetProperty("ips")[1].GetProperty("address").GetString(),
            Is.EqualTo("fd00:9::3/128"));
    }

    [TestCase("../../../proc/1/ns/net", "is not absolute")]
    [TestCase("/run/netns/../../proc/1/ns/net", "holds '.' or '..'")]
    [TestCase("/etc/passwd", "is not a namespace file")]
    [TestCase("/run/netns/no-such", "cannot be opened")]
    [TestCase("/proc/self/ns/mnt", "not a network namespace")]
    [TestCase("/proc/self/fd/0", "")]
    public async Task A_path_that_is_no_containers_namespace_is_refused(string path, string complaint)
    {
        var call = await _node.CallAsync("ADD", "a", path);
        Assert.That((call.ExitCode, call.Code), Is.EqualTo((1, 4)), call.Output);
        Assert.That(call.Message, Does.Contain(complaint));
        _node.AssertNothingLeft();
    }

    [Test]
    public async Task The_nodes_own_namespace_is_refused()
    {
        using var own = Routing.Agent.Namespaces.NetworkNamespace.OpenCurrent();
        var call = await _node.CallAsync("ADD", "a", "/proc/self/ns/net".Replace("self", $"{Environment.ProcessId}"));
        Assert.That((call.ExitCode, call.Code), Is.EqualTo((1, 4)), call.Output);
        Assert.That(call.Message, Does.Contain("the node's own"));
    }

    [Test]
    public async Task A_pod_made_anew_under_another_container_id_lives_beside_its_forerunner()
    {
        var (old, young) = (Pod(), Pod());
        await _node.AddAsync("a1", old);
        var call = await _node.AddAsync("a2", young);
        Assert.That(call.ExitCode, Is.Zero, call.Output);

        Assert.That((await _node.DelAsync("a1", old)).ExitCode, Is.Zero);
        Assert.That(_node.Store.Attachments.Single().Key.ContainerId, Is.EqualTo("a2"));
        await TcpProbe.ConnectAsync(young, young, "10.1.0.2");
    }

    [Test]
    public async Task A_restarted_agent_keeps_pods_and_gives_no_address_twice()
    {
        var (a, b, c) = (Pod(), Pod(), Pod());
        var first = await _node.AddAsync("a", a);
        await _node.AddAsync("gone", b);
        b.Dispose();
        await Until.TrueAsync(
            "the interface went with its peer",
            () => !_node.Namespace.Ip("route", "show", "proto", "115").Contains("10.1.0.2"));

        _node = await _node.RestartAsync();
        Assert.That(_node.Store.Attachments.Select(each => each.Key.ContainerId), Is.EqualTo(new[] { "a" }));
        Assert.That((await _node.AddAsync("a", a)).Output, Is.EqualTo(first.Output));
        await _node.AddAsync("c", c);
        await TcpProbe.ConnectAsync(a, c, "10.1.0.2");
    }

    [Test]
    public async Task What_a_killed_agent_left_half_done_is_cleared_at_the_next_start()
    {
        var (whole, half) = (Pod(), Pod());
        await _node.AddAsync("whole", whole);
        await _node.AddAsync("half", half);

        // As if the agent had been killed after wiring and before the record was renamed.
        var name = _node.Store.Attachments.Single(each => each.Key.ContainerId == "half").HostInterface;
        _node.MarkInterrupted(name);
        _node = await _node.RestartAsync();

        Assert.That(half.Ip("-o", "link"), Does.Not.Contain("eth0"));
        Assert.That(_node.Records.Count(), Is.EqualTo(1));
        Assert.That((await _node.AddAsync("half", half)).Json.GetProperty("ips")[0].GetProperty("address").GetString(),
            Is.EqualTo("10.1.0.2/32"));
        await _node.DelAsync("half", half);
        await _node.DelAsync("whole", whole);
        _node.Policy.Forget();
        _node.AssertNothingLeft();
    }

    [Test]
    public async Task Interfaces_whose_records_were_lost_keep_their_addresses_until_their_DEL()
    {
        var (a, b) = (Pod(), Pod());
        await _node.AddAsync("a", a);
        _node.LoseRecords();
        _node = await _node.RestartAsync();

        var second = await _node.AddAsync("b", b);
        Assert.That(second.Json.GetProperty("ips")[0].GetProperty("address").GetString(), Is.EqualTo("10.1.0.2/32"));
        await TcpProbe.ConnectAsync(a, b, "10.1.0.2");
        await _node.DelAsync("a", a);
        await _node.DelAsync("b", b);
        _node.AssertNothingLeft();
    }

    [Test]
    public async Task SIGTERM_ends_the_shim_at_once_without_a_word_and_the_DEL_finds_what_it_had_begun()
    {
        var held = new TaskCompletionSource();
        _node.Policy.Gate = held.Task;
        var pod = Pod();
        using var shim = CniCall.Start(
            ("CNI_COMMAND", "ADD"), ("CNI_CONTAINERID", "a"), ("CNI_NETNS", CniNode.PathOf(pod)), ("CNI_IFNAME", "eth0"),
            ("CNI_ARGS", "K8S_POD_NAMESPACE=default;K8S_POD_NAME=a"));
        await shim.StandardInput.WriteAsync(_node.Config());
        shim.StandardInput.Close();
        await Until.TrueAsync("the ADD has begun", () => _node.Records.Any());

        Tool.Run("kill", "-TERM", $"{shim.Id}");
        Assert.That(shim.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.That((shim.ExitCode == 0, await shim.StandardOutput.ReadToEndAsync()), Is.EqualTo((false, "")));

        held.SetResult();
        Assert.That((await _node.DelAsync("a", pod)).ExitCode, Is.Zero);
        _node.AssertNothingLeft();
    }

    private TestNamespace Pod()
    {
        var pod = TestNamespace.Create("pod");
        _pods.Add(pod);
        return pod;
    }
}
