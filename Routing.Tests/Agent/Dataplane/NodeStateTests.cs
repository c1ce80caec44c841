using Routing.Agent.Cluster;
using Routing.Agent.Dataplane;

namespace Routing.Tests.Agent.Dataplane;

public sealed class NodeStateTests
{
    [Test]
    public void A_refused_ruleset_is_for_the_operator_to_see_and_takes_no_pods_from_the_node()
    {
        var status = new DataplaneStatus { Missing = [], InForce = true, IsStuck = true, LastError = "add rule: no" };
        var node = new NodeState("n1", new ClusterDirectory(), () => status);
        Assert.That(node.Reasons(), Is.EqualTo(new[] { "nodes have not been listed yet", "the kernel refuses the rules, the old ones stay: add rule: no" }));
        Assert.That(node.NotReadyReason, Is.EqualTo("nodes have not been listed yet"));
        status = status with { InForce = false };
        Assert.That(node.Reasons().Last(), Is.EqualTo("add rule: no"), "nothing stands");
    }
}
