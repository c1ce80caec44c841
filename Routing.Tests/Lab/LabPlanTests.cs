using Routing.Agent.Lab.Plan;

namespace Routing.Tests.Lab;

[TestFixture]
public sealed class LabPlanTests
{
    [Test]
    public void Node_two_has_the_numbers_that_documents_name()
    {
        var node = LabPlan.Create(3).Nodes[1];

        Assert.Multiple(() =>
        {
            Assert.That(node.Name, Is.EqualTo("node-2"));
            Assert.That(node.Asn, Is.EqualTo(65002));
            Assert.That(node.PodCidrs.Select(cidr => cidr.ToString()), Is.EqualTo(["10.244.2.0/24", "fd00:10:244:2::/64"]));
            Assert.That(node.Addresses.Select(address => address.ToString()), Is.EqualTo(["172.30.2.2", "fd00:172:30:2::2"]));
            Assert.That($"{node.Uplink.TorV4} {node.Uplink.TorV6}", Is.EqualTo("172.30.2.1 fd00:172:30:2::1"));
        });
    }

    [Test]
    public void No_two_nodes_of_the_greatest_lab_share_a_number()
    {
        var nodes = LabPlan.Create(LabPlan.MaximumNodes).Nodes;

        var numbers = nodes.SelectMany(node => node.PodCidrs.Select(cidr => cidr.ToString())
            .Concat(node.Addresses.Append(node.Uplink.TorV4).Append(node.Uplink.TorV6).Select(address => address.ToString()))
            .Append(node.Name).Append($"{node.Asn}"));
        Assert.That(numbers, Is.Unique);
    }

    [TestCase(0)]
    [TestCase(LabPlan.MaximumNodes + 1)]
    public void Refuses_a_lab_of(int nodes) => Assert.Throws<ArgumentOutOfRangeException>(() => LabPlan.Create(nodes));
}
