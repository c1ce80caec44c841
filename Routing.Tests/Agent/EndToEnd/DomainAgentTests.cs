using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Routing.Agent.Lab.Processes;
using Routing.Tests.Netns;
using Routing.Tests.Policy;

namespace Routing.Tests.Agent.EndToEnd;

/// <summary>Domain names by way of a real agent: objects of an API server, CNI, the kernel, and a server that answers.</summary>
[Category("Netns")]
[NonParallelizable]
public sealed partial class DomainAgentTests
{
    [Test]
    public async Task A_pods_first_connection_to_a_name_succeeds_and_a_killed_agent_opens_and_closes_nothing()
    {
        await using var node = await AgentNode.CreateAsync();
        using var web = TestNamespace.Create("web");
        using var dns = TestNamespace.Create("dns");
        using var shop = TestNamespace.Create("shop");
        node.Api!.KubectlApply(OptionalDefinitions.OfGroups("policy.networking.k8s.io"));
        node.Api.KubectlApply("""
            apiVersion: policy.networking.k8s.io/v1alpha2
            kind: ClusterNetworkPolicy
            metadata: {name: names}
            spec:
              tier: Admin
              priority: 5
              subject: {pods: {podSelector: {matchLabels: {app: web}}}}
              egress:
              - {name: ask, action: Accept, to: [{networks: [0.0.0.0/0]}], protocols: [{udp: {destinationPort: {number: 53}}}]}
              - {name: names, action: Accept, to: [{domainNames: ["*.example.com"]}], protocols: [{tcp: {destinationPort: {number: 80}}}]}
              - {name: rest, action: Deny, to: [{networks: [0.0.0.0/0]}]}
            """);
        await node.CreatePodAsync("web", """{"app": "web"}""");
        await node.CreatePodAsync("dns");
        await node.CreatePodAsync("shop");
        node.StartAgent();
        await node.ReadyAsync();
        await AddAsync("web", web);
        var (server, address) = (await AddAsync("dns", dns), await AddAsync("shop", shop));
        node.Api.KubectlApply($$"""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: kube-dns-1, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns} }
            addressType: IPv4
            endpoints: [{addresses: [{{server}}]}]
            ports: [{name: dns, port: 53, protocol: UDP}]
            """);
        await Until.TrueAsync("the server is believed", () =>
            node.Namespace.Nft("list", "set", "inet", "routing", "dns-servers4").Contains(server, StringComparison.Ordinal));

        using var answers = new FakeDnsServer(dns, server);
        (answers.Names["shop.example.com"], answers.Names["dns.example.com"]) = (address, server);
        using var listener = shop.Inner.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, 80));
        listener.Listen();
        NamesClient.Ask(web, server, "shop.example.com");
        using (var first = NamesClient.Connect(web, address))
        {
            NamesClient.ExpectOpen(first, node.Output);
            Assert.That(NamesClient.Retransmitted(first), Is.Zero);
        }

        Assert.That((await node.AskAsync("policy", "list")).Output, Does.Contain("names").And.Not.Contain("domainNames"), "nothing is wrong with it");
        Assert.That(
            (await node.AskAsync("policy", "names")).Output,
            Does.Match($@"(?m)^\*\.example\.com +{Regex.Escape(address)} +1m\d+s +1 +\S+/web$"));
        Assert.That((await node.AskAsync("status")).Output, Does.Match("(?m)^Names +1 for 1 addresses, 1 answers, 0 packets late, 0 unread"));
        await node.EndAgentAsync(Signals.Kill);
        NamesClient.Ask(web, server, "dns.example.com");
        using (var unknown = NamesClient.Connect(web, server))
        {
            NamesClient.ExpectClosed(unknown, "nobody has read the answer");
        }

        node.StartAgent();
        await node.ReadyAsync();
        using (var known = NamesClient.Connect(web, address))
        {
            NamesClient.ExpectOpen(known, "it was learned before");
        }

        NamesClient.Ask(web, server, "dns.example.com");
        await Until.TrueAsync("the agent reads answers", () =>
            node.Namespace.Nft("list", "ruleset").Contains($"{server} . tcp . 80", StringComparison.Ordinal));

        async Task<string> AddAsync(string pod, TestNamespace inside)
        {
            var added = await node.CniAsync("ADD", pod, inside);
            Assert.That(added.ExitCode, Is.Zero, node.Output);
            return FirstAddress().Match(added.Output).Groups[1].Value;
        }
    }

    [GeneratedRegex("\"address\": ?\"(10[.0-9]+)/")]
    private static partial Regex FirstAddress();
}
