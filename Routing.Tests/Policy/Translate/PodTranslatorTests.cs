using Routing.Policy.Model;

namespace Routing.Tests.Policy.Translate;

public class PodTranslatorTests
{
    [Test]
    public void A_pod_keeps_what_policy_needs()
    {
        var pod = Yaml.Pod("""
            metadata: {name: web, namespace: shop, uid: u-1, labels: {app: web}}
            spec:
              nodeName: n1
              initContainers:
              - {name: setup, ports: [{name: once, containerPort: 1}]}
              - {name: sidecar, restartPolicy: Always, ports: [{name: metrics, containerPort: 9090}]}
              containers:
              - {name: a, ports: [{name: http, containerPort: 8080}, {containerPort: 81}]}
              - {name: b, ports: [{name: dns, containerPort: 53, protocol: UDP}]}
            status: {phase: Running, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}
            """);
        Assert.That(pod, Is.EqualTo(new PodView
        {
            Name = new NamespacedName("shop", "web"),
            Uid = "u-1",
            NodeName = "n1",
            Labels = LabelSet.From(new Dictionary<string, string> { ["app"] = "web" }),
            ServiceAccount = "default",
            Addresses = [Address.Parse("10.0.0.1"), Address.Parse("fd00::1")],
            NamedPorts =
            [
                new NamedPort("http", TransportProtocol.Tcp, 8080),
                new NamedPort("dns", TransportProtocol.Udp, 53),
                new NamedPort("metrics", TransportProtocol.Tcp, 9090),
            ],
        }));
    }

    [Test]
    public void A_static_pod_has_the_uid_that_its_node_gave_it() => Assert.That(
        Yaml.Pod("metadata: {name: a, uid: of-the-mirror, annotations: {kubernetes.io/config.mirror: of-the-node}}").Uid,
        Is.EqualTo("of-the-node"));

    [TestCase("{metadata: {name: a}, status: {podIP: 10.0.0.1}}", true, "10.0.0.1", TestName = "podIP alone")]
    [TestCase("{metadata: {name: a}}", true, "", TestName = "No address yet")]
    [TestCase("{metadata: {name: a}, status: {podIP: nonsense}}", true, "", TestName = "No address at all")]
    [TestCase("{metadata: {name: a}, status: {phase: Pending, podIP: 10.0.0.1}}", true, "10.0.0.1", TestName = "Pending counts")]
    [TestCase("{metadata: {name: a}, status: {phase: Succeeded, podIP: 10.0.0.1}}", false, "10.0.0.1", TestName = "Succeeded does not")]
    [TestCase("{metadata: {name: a}, status: {phase: Failed, podIP: 10.0.0.1}}", false, "10.0.0.1", TestName = "Failed does not")]
    [TestCase("{metadata: {name: a}, spec: {hostNetwork: true}, status: {podIP: 10.0.0.1}}", false, "10.0.0.1", TestName = "Nor does a host-network pod")]
    public void A_pod_can_be_selected(string manifest, bool selectable, string addresses)
    {
        var pod = Yaml.Pod(manifest);
        Assert.That(pod.IsSelectable, Is.EqualTo(selectable));
        Assert.That(string.Join(' ', pod.Addresses.Items), Is.EqualTo(addresses));
        Assert.That(pod.Name.Namespace, Is.EqualTo("default"));
    }
}
