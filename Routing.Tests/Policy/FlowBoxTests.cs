using CsCheck;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

public class FlowBoxTests
{
    [Test]
    public void Disjoint_boxes_hold_the_same_flows_once() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var boxes = Enumerable.Range(0, random.Next(1, 9)).Select(_ => Box(random, 12)).ToList();
            var disjoint = FlowBox.Disjoint(boxes);
            for (var address = 0; address < 12; address++)
            {
                for (ushort port = 0; port < 12; port++)
                {
                    var expected = boxes.Any(box => Contains(box, address, port)) ? 1 : 0;
                    Assert.That(disjoint.Count(box => Contains(box, address, port)), Is.EqualTo(expected));
                }
            }
        },
        iter: 500);

    [Test]
    public void Neighbours_that_allow_the_same_are_one()
    {
        var whole = FlowBox.Disjoint([Box(0, 3, 80, 80), Box(4, 9, 80, 80), Box(2, 5, 80, 80)]);
        Assert.That(whole, Is.EqualTo(new[] { Box(0, 9, 80, 80) }));
    }

    [Test]
    public void The_last_address_there_is_ends_the_sweep()
    {
        var all = new FlowBox(new AddressRange(IpFamily.V6, 0, UInt128.MaxValue), new PortRange(0, ushort.MaxValue));
        Assert.That(FlowBox.Disjoint([all, all]), Is.EqualTo(new[] { all }));
        Assert.That(FlowBox.Disjoint([]), Is.Empty);
    }

    private static bool Contains(FlowBox box, int address, ushort port) =>
        box.Addresses.Contains(new Address(IpFamily.V4, (UInt128)address)) && box.Ports.Low <= port && port <= box.Ports.High;

    private static FlowBox Box(Random random, int size)
    {
        var (a, b) = (random.Next(size), random.Next(size));
        var (c, d) = (random.Next(size), random.Next(size));
        return Box(Math.Min(a, b), Math.Max(a, b), Math.Min(c, d), Math.Max(c, d));
    }

    private static FlowBox Box(int low, int high, int portLow, int portHigh) => new(
        new AddressRange(IpFamily.V4, (UInt128)low, (UInt128)high), new PortRange((ushort)portLow, (ushort)portHigh));
}
