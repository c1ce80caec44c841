using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>Changes of pods and namespaces, one after the other, and what real packets make of each: who has an address, what its
/// ports are called, what it is selected by.</summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
[Category("Netns")]
public sealed class ChangedPodsTests(FilterBackend backend)
{
    private NodePolicy _policy = null!;
    private KernelCluster _kernel = null!;
    private OnewayNetwork _network = null!;

    [SetUp]
    public void Make_a_server_and_its_client()
    {
        Requires.Root();
        _kernel = new KernelCluster(3, backend);
        _network = new OnewayNetwork(_kernel, [TransportProtocol.Udp, TransportProtocol.Sctp]);
        _policy = new NodePolicy("n1");
        Namespace("red");
        _policy.UpsertPolicy(Yaml.Policy(
            """
            podSelector: {matchLabels: {app: server}}
            ingress:
              - from: [{namespaceSelector: {matchLabels: {team: red}}, podSelector: {matchLabels: {app: client}}}]
                ports: [{protocol: UDP, port: http}, {protocol: SCTP, port: 9000}]
            """, home: "shop"));
        Pod(0, "p0", "client");
        Pod(1, "p1", "server");
        Pod(2, "p2", "other");
        Expect(sender: 0, "udp 80", "sctp 9000");
        Expect(sender: 2);
    }

    [TearDown]
    public void Remove_them()
    {
        _network?.Dispose();
        _kernel?.Dispose();
    }

    [Test]
    public void Labels_of_pods_and_namespaces_count_as_they_are_now()
    {
        Pod(0, "p0", "other");
        Pod(2, "p2", "client");
        Expect(sender: 0);
        Expect(sender: 2, "udp 80", "sctp 9000");
        Namespace("blue");
        Expect(sender: 2);
        Namespace("red");
        Expect(sender: 2, "udp 80", "sctp 9000");
        Pod(1, "p1", "other");
        Expect(sender: 0, "udp 80", "udp 8080", "sctp 9000", "sctp 80");
    }

    [Test]
    public void A_named_port_is_what_the_pod_calls_so_now()
    {
        Pod(1, "p1", "server", http: 8080);
        Expect(sender: 0, "udp 8080", "sctp 9000");
    }

    [Test]
    public void An_address_belongs_to_the_pod_that_has_it_now()
    {
        // Its client has finished, and shows its address still.
        Pod(0, "p0", "client", phase: "Succeeded");
        Expect(sender: 0);

        // Another pod has the address at once: first without anything that is known of it, then as the API server shows it.
        _policy.SetEndpoint(new LocalEndpoint("rt-p0", new NamespacedName("shop", "p9"), "", Addresses(0)));
        Expect(sender: 0);
        Pod(0, "p9", "other");
        Expect(sender: 0);
        Pod(0, "p9", "client");
        Expect(sender: 0, "udp 80", "sctp 9000");
        _policy.RemovePod(new NamespacedName("shop", "p0"));
        Expect(sender: 0, "udp 80", "sctp 9000");
    }

    [Test]
    public void A_pod_without_an_address_has_the_one_of_its_interface()
    {
        Pod(2, "p2", "client", showsAddresses: false);
        Expect(sender: 2, "udp 80", "sctp 9000");
    }

    private void Namespace(string team) =>
        _policy.UpsertNamespace(NamespaceView.Bare("shop") with { Labels = LabelSet.Empty.With("team", team) });

    private void Pod(int place, string name, string app, int http = 80, string phase = "Running", bool showsAddresses = true)
    {
        var shown = string.Join(", ", RandomCluster.AddressesOf(place, 0).Select(address => $$"""{ip: "{{address}}"}"""));
        _policy.UpsertPod(Yaml.Pod($$$"""
            metadata: {name: {{{name}}}, namespace: shop, labels: {app: {{{app}}} } }
            spec: {nodeName: n1, containers: [{name: c, image: i, ports: [{name: http, containerPort: {{{http}}}, protocol: UDP}]}]}
            status: {phase: {{{phase}}}, podIPs: [{{{(showsAddresses ? shown : "")}}}]}
            """));
        _policy.SetEndpoint(new LocalEndpoint($"rt-p{place}", new NamespacedName("shop", name), "", Addresses(place)));
    }

    private static EquatableArray<Address> Addresses(int place) =>
        RandomCluster.AddressesOf(place, 0).Select(Address.Parse).ToEquatableArray();

    /// <summary>Sends to the server what it may hear and what it may not, over both IP versions.</summary>
    private void Expect(int sender, params string[] passing)
    {
        _kernel.Apply(_policy.Compile());
        var probes = (
            from pair in Addresses(sender).Items.Zip(Addresses(1).Items)
            from protocol in new[] { TransportProtocol.Udp, TransportProtocol.Sctp }
            from port in protocol == TransportProtocol.Udp ? new ushort[] { 80, 8080 } : [9000, 80]
            select new Probe(pair.First, pair.Second, protocol, port)).ToList();
        Assert.That(
            _network.Send(probes).Select(Text), Is.EquivalentTo(probes.Select(Text).Where(passing.Contains)));

        static string Text(Probe probe) => $"{probe.Protocol} {probe.Port}".ToLowerInvariant();
    }
}
