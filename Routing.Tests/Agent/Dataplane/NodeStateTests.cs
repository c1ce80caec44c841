using System.Collections.Immutable;
using Routing.Agent.Cluster;
using Routing.Agent.Dataplane;
using Routing.Bgp.Wire.Nlri;

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
        Assert.That(node.NotReadyReason, Is.EqualTo(node.Reasons().First()));
    }

    [TestCase(true, "add rule: no", false)]
    [TestCase(true, null, true)]
    [TestCase(false, "add rule: no", true)]
    public void An_agent_that_is_refused_from_its_start_leaves_its_pods_to_the_rules_of_the_one_before(bool stand, string? refusal, bool isObstacle)
    {
        var status = new DataplaneStatus { Missing = [], EarlierStand = stand, LastError = refusal };
        var node = new NodeState("n1", Known(), () => status);
        Assert.That(node.NotReadyReason is not null, Is.EqualTo(isObstacle));
        Assert.That(node.Reasons().Single(), Is.EqualTo(
            !isObstacle ? $"this agent's rules are not in force, those of an earlier one stay: {refusal}" : refusal ?? "the rules are not in the kernel yet"));
        status = status with { Missing = [PolicyInputs.Pods] };
        Assert.That(node.NotReadyReason, Is.EqualTo($"{PolicyInputs.Pods} have not been listed yet"));
    }

    private static ClusterDirectory Known()
    {
        var cluster = new ClusterDirectory();
        cluster.Update(state => state with
        {
            Nodes = ImmutableSortedDictionary<string, NodeRecord>.Empty.Add("n1", new NodeRecord { Name = "n1", PodCidrs = [Prefix.Parse("10.1.0.0/24")] }),
        });
        return cluster;
    }
}
