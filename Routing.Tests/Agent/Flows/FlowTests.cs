using Routing.Agent.Cli;
using Routing.Agent.Flows;
using Routing.Agent.Grpc.Protocol;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Tests.Policy;

namespace Routing.Tests.Agent.Flows;

/// <summary>From reported packets to flows with their reasons.</summary>
public sealed class FlowTests
{
    private const string Cluster = """
        {apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 172.16.0.1}]}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {nodeName: n1}, status: {podIP: 10.0.1.1}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: api, namespace: shop, labels: {app: api}}, spec: {nodeName: n1}, status: {podIP: 10.0.1.2}}
        ---
        {apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: n1}, spec: {node: n1, interfaceName: eth0, expectedIPs: [172.16.0.1]}}
        ---
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: web, namespace: shop},
         spec: {podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}, {from: [{podSelector: {}}], ports: [{port: 443}]}]}}
        """;

    [TestCase("10.0.1.1", "12:00:00.000 deny  shop/api -> shop/web TCP 22 1 packet: ")]
    [TestCase("fd00::1", "12:00:00.000 deny  shop/api -> shop/web TCP 22 IPv6 1 packet: ")]
    public void A_line_tells_flows_over_either_IP_version_apart(string to, string expected) => Assert.That(
        ReportedFlowLine.Format(new FlowEvent
        {
            Time = "2026-11-22T12:00:00.000Z",
            Verdict = "Deny",
            From = new FlowEndpoint { Namespace = "shop", Pod = "api" },
            To = new FlowEndpoint { Namespace = "shop", Pod = "web", Address = to },
            Protocol = "TCP",
            Port = 22,
            Packets = 1,
        }),
        Does.StartWith(expected));

    private static readonly DateTimeOffset Time = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [TestCase("deny ingress-0123456789ab", "10.0.1.2", "10.0.1.1", 22, "shop/api>shop/web Ingress Deny Isolated NetworkPolicy shop/web")]
    [TestCase("deny ingress-0123456789ab", "192.0.2.1", "10.0.1.1", 443, "192.0.2.1>shop/web Ingress Deny Isolated NetworkPolicy shop/web")]
    [TestCase("deny ingress-0123456789ab", "192.0.2.1", "10.0.1.1", 80, "192.0.2.1>shop/web Ingress Deny Changed", TestName = "What would be allowed now was denied by what was before")]
    [TestCase("allow ingress-0123456789ab", "10.0.1.2", "10.0.1.1", 443, "shop/api>shop/web Ingress Allow AllowedByRule NetworkPolicy shop/web at spec.ingress[1]")]
    [TestCase("allow egress-open", "10.0.1.2", "10.0.1.1", 22, "shop/api>shop/web Egress Allow NotIsolated", TestName = "Each side answers for itself")]
    [TestCase("deny check-source", "192.0.2.1", "10.0.1.1", 22, "192.0.2.1>shop/web Egress Deny ForeignSource")]
    [TestCase("deny to-pod", "172.16.0.1", "10.0.1.9", 22, "n1>10.0.1.9 Ingress Deny UnknownPod")]
    [TestCase("deny resumed-from-pod", "10.0.1.1", "10.0.1.2", 40123, "shop/web>shop/api Egress Deny Resumed")]
    [TestCase("deny resumed-to-pod", "192.0.2.1", "10.0.1.1", 40123, "192.0.2.1>shop/web Ingress Deny Resumed")]
    [TestCase("deny host-resumed-in", "192.0.2.1", "172.16.0.1", 40123, "192.0.2.1>n1 Ingress Deny Resumed")]
    [TestCase("deny ingress-host", "192.0.2.1", "172.16.0.1", 80, "192.0.2.1>n1 Ingress Deny ClosedHost")]
    [TestCase("log egress-0123456789ab", "10.0.1.2", "10.0.1.1", 22, "shop/api>shop/web Egress Log Logged")]
    public void A_flow_names_its_ends_and_who_decided(string prefix, string from, string to, int port, string expected)
    {
        var flow = new ReportJudge(Yaml.Cluster(Cluster)).Judge(Key(prefix, from, to, port), Time, 3);
        var rules = string.Join(", ", flow.Rules);
        Assert.That(
            $"{flow.From}>{flow.To} {flow.Direction} {flow.Verdict} {flow.Reason} {rules}".TrimEnd(), Is.EqualTo(expected));
        Assert.That((flow.Packets, flow.Staged), Is.EqualTo((3L, (ReportedVerdict?)null)));
    }

    [Test]
    public void What_staged_policies_would_do_is_said_where_it_is_something_else()
    {
        var cluster = Yaml.Cluster(Cluster);
        var staged = Yaml.Policy("{podSelector: {matchLabels: {app: api}}, ingress: [{ports: [{port: 80}]}]}", "api") with
        {
            Key = new PolicyKey(PolicyKind.StagedKubernetesNetworkPolicy, new NamespacedName("shop", "api")),
            IsStaged = true,
        };
        var judge = new ReportJudge(cluster with { Policies = cluster.Policies.Add(staged.Key, staged) });

        var flow = judge.Judge(Key("allow ingress-open", "10.0.1.1", "10.0.1.2", 22), Time, 1);
        Assert.That((flow.Reason, flow.Staged), Is.EqualTo((FlowReason.NotIsolated, ReportedVerdict.Deny)));
        Assert.That(flow.StagedRules.Single().ToString(), Is.EqualTo("StagedKubernetesNetworkPolicy shop/api"));
        Assert.That(new FlowFilter { Verdict = ReportedVerdict.Deny }.Matches(flow), Is.True);
        Assert.That(
            new[] { "api", "shop/api", "bank/api", "shop" }.Select(name => new FlowFilter { Policy = name }.Matches(flow)),
            Is.EqualTo(new[] { true, true, false, false }));
        Assert.That(judge.Judge(Key("allow ingress-open", "10.0.1.1", "10.0.1.2", 80), Time, 1).Staged, Is.Null);
    }

    [TestCase(22, "GlobalNetworkPolicy noted at spec.ingress[0]")]
    [TestCase(80, "GlobalNetworkPolicy noted at spec.ingress[0], GlobalNetworkPolicy noted at spec.ingress[1]")]
    [TestCase(443, "", TestName = "A rule behind the one that decides logs nothing")]
    public void What_was_logged_names_the_rules_that_asked_for_it(int port, string expected)
    {
        var cluster = Yaml.Cluster(Cluster + """

            ---
            {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: noted}, spec: {selector: app == 'web', order: 2, ingress: [
              {action: Log}, {action: Log, protocol: TCP, destination: {ports: [80]}}, {action: Deny}, {action: Log}]}}
            ---
            {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: first}, spec: {selector: app == 'web', order: 1, ingress: [
              {action: Allow, protocol: TCP, destination: {ports: [443]}}]}}
            """);
        var flow = new ReportJudge(cluster).Judge(Key("log ingress-0123456789ab-l0", "10.0.1.2", "10.0.1.1", port), Time, 1);
        Assert.That((flow.Reason, string.Join(", ", flow.Rules)), Is.EqualTo((FlowReason.Logged, expected)));
    }

    [TestCase("deny check-source", "fe80::1", "ff02::2", TestName = "Router solicitations are nobody's traffic")]
    [TestCase("deny check-source", "::", "ff02::16", TestName = "Nor are multicast reports")]
    [TestCase("somebody's rule", "10.0.1.2", "10.0.1.1", TestName = "Another program's packets are not ours")]
    public void What_is_no_flow_is_passed_by(string prefix, string from, string to)
    {
        var packet = Packet(prefix, from, to, 0);
        Assert.That(FlowKey.TryOf(in packet, out _), Is.False);
    }

    [Test]
    public void A_window_adds_up_and_is_bounded()
    {
        var table = new FlowTable(capacity: 2);
        foreach (var port in new[] { 80, 81, 80, 82, 82, 80 })
        {
            table.Add(Key("deny to-pod", "10.0.1.2", "10.0.1.1", port), Time);
        }

        Assert.That(table.Take().Select(flow => (flow.Key.Header.DestinationPort, flow.Packets)),
            Is.EquivalentTo(new[] { ((ushort)80, 3L), ((ushort)81, 1L) }));
        Assert.That(table.Overflowed, Is.EqualTo(2));
        Assert.That(table.Take(), Is.Empty, "the next window begins anew");
    }

    [Test]
    public async Task A_follower_gets_the_latest_then_what_comes_and_is_told_what_it_lost()
    {
        var feed = new FlowFeed(capacity: 3);
        FlowRecord[] flows = [.. Enumerable.Range(0, 12).Select(port =>
            ReportJudge.Bare(Key("deny to-pod", "10.0.1.2", "10.0.1.1", port), Time, 1))];
        feed.Publish(flows[..5]);
        Assert.That(await Ports(feed.ReadAsync(new FlowFilter(), follow: false, default), 99), Is.EqualTo("2 3 4"));
        Assert.That(await Ports(feed.ReadAsync(new FlowFilter { Verdict = ReportedVerdict.Allow }, false, default), 99), Is.Empty);

        using var stop = new CancellationTokenSource();
        var reading = feed.ReadAsync(new FlowFilter(), follow: true, stop.Token).GetAsyncEnumerator();
        Assert.That(await reading.MoveNextAsync(), Is.True);
        Assert.That(feed.Followers, Is.EqualTo(1));
        feed.Publish(flows[5..10]);
        var seen = new List<string>();
        while (seen.Count < 6)
        {
            await reading.MoveNextAsync();
            seen.Add(reading.Current.Flow is { } flow ? $"{flow.Header.DestinationPort}" : $"{reading.Current.Lost} lost");
        }

        Assert.That(string.Join(' ', seen), Is.EqualTo("3 4 2 lost 5 6 7"));
        await reading.DisposeAsync();
        Assert.That(feed.Followers, Is.Zero, "who is gone is not told");
    }

    private static async Task<string> Ports(IAsyncEnumerable<(FlowRecord? Flow, long Lost)> flows, int most) =>
        string.Join(' ', await flows.Take(most).Select(one => one.Flow!.Header.DestinationPort).ToListAsync());

    private static FlowKey Key(string prefix, string from, string to, int port)
    {
        var packet = Packet(prefix, from, to, port);
        Assert.That(FlowKey.TryOf(in packet, out var key), Is.True);
        return key;
    }

    private static LoggedPacket Packet(string prefix, string from, string to, int port) => new(
        prefix, 5, 7,
        new PacketHeader(Address.Parse(from), Address.Parse(to), TransportProtocol.Tcp, 40000, (ushort)port), 0);
}
