using System.Net;
using CsCheck;
using Routing.Agent.Ipam;

namespace Routing.Tests.Ipam;

internal sealed class BlockAllocatorTests
{
    [TestCase("10.1.0.0/24", "10.1.0.1", "10.1.0.254", 254, TestName = "Neither network nor broadcast address")]
    [TestCase("10.1.0.8/30", "10.1.0.9", "10.1.0.10", 2, TestName = "A /30 has two")]
    [TestCase("10.1.0.8/31", "10.1.0.8", "10.1.0.9", 2, TestName = "A /31 has both, RFC 3021")]
    [TestCase("10.1.0.8/32", "10.1.0.8", "10.1.0.8", 1, TestName = "A /32 has its one")]
    [TestCase("255.255.255.252/30", "255.255.255.253", "255.255.255.254", 2, TestName = "The last block there is")]
    [TestCase("fd00::/125", "fd00::1", "fd00::7", 7, TestName = "IPv6 without the subnet-router anycast address")]
    [TestCase("fd00::8/127", "fd00::8", "fd00::9", 2, TestName = "An IPv6 /127 has both, RFC 6164")]
    [TestCase("fd00::8/128", "fd00::8", "fd00::8", 1, TestName = "An IPv6 /128 has its one")]
    public void Gives_out_the_addresses_a_pod_may_have(string cidr, string first, string last, int count)
    {
        var given = AllocateAll(Allocator(cidr));
        Assert.Multiple(() =>
        {
            Assert.That(given[0], Is.EqualTo(IPAddress.Parse(first)));
            Assert.That(given[^1], Is.EqualTo(IPAddress.Parse(last)));
            Assert.That(given, Has.Count.EqualTo(count).And.Unique);
        });
    }

    [TestCase("fd00::/64", "fd00::2")]
    [TestCase("::/0", "::2")]
    public void A_large_IPv6_block_costs_only_what_is_used(string cidr, string second)
    {
        var allocator = Allocator(cidr);
        allocator.Allocate();
        Assert.That(allocator.Allocate(), Is.EqualTo(IPAddress.Parse(second)));
    }

    [Test]
    public void Addresses_given_back_come_last_and_in_that_order()
    {
        var allocator = Allocator("10.1.0.0/29");
        var first = Enumerable.Range(0, 4).Select(_ => allocator.Allocate()!).ToList();
        allocator.Release(first[2]);
        allocator.Release(first[0]);

        var rest = AllocateAll(allocator).Select(each => each.ToString());
        Assert.That(rest, Is.EqualTo(new[] { "10.1.0.5", "10.1.0.6", "10.1.0.3", "10.1.0.1" }));
    }

    [Test]
    public void A_claimed_address_is_not_given_out_until_it_is_released()
    {
        var allocator = Allocator("10.1.0.0/30");
        Assert.That(allocator.TryClaim(IPAddress.Parse("10.1.0.1")));
        Assert.That(allocator.TryClaim(IPAddress.Parse("10.1.0.1")), Is.False, "twice");
        Assert.That(allocator.TryClaim(IPAddress.Parse("10.2.0.1")), Is.False, "of another block");
        Assert.That(allocator.TryClaim(IPAddress.Parse("fd00::1")), Is.False, "of another family");
        Assert.That(allocator.Allocate(), Is.EqualTo(IPAddress.Parse("10.1.0.2")));
        Assert.That(allocator.Allocate(), Is.Null);
        allocator.Release(IPAddress.Parse("10.1.0.1"));
        Assert.That(allocator.Allocate(), Is.EqualTo(IPAddress.Parse("10.1.0.1")));
    }

    [Test]
    public void The_network_address_is_never_given_out_even_when_a_record_claimed_and_released_it()
    {
        var allocator = Allocator("10.1.0.0/30");
        Assert.That(allocator.TryClaim(IPAddress.Parse("10.1.0.0")));
        Assert.That(allocator.Release(IPAddress.Parse("10.1.0.0")));
        Assert.That(AllocateAll(allocator), Has.Count.EqualTo(2));
    }

    /// <summary>Any sequence of calls: no address is with two pods, none is outside the block, a full block is really
    /// full, and an address rests until all others had their turn.</summary>
    [Test]
    public void Never_gives_an_address_twice() =>
        Gen.Select(Gen.Int[26, 32], Gen.Bool, Gen.Int[0, 2].Array[0, 300]).Sample((length, ipv6, steps) =>
        {
            var cidr = ipv6 ? $"fd00:0:0:7::40/{length + 96}" : $"10.7.0.64/{length}";
            var block = new AddressBlock(IPNetwork.Parse(cidr));
            var allocator = new BlockAllocator(block);
            var capacity = (int)(block.Last - block.First) + 1;
            var held = new List<IPAddress>();
            var random = new Random(steps.Length);
            foreach (var step in steps)
            {
                if (step == 0 && held.Count > 0)
                {
                    var released = held[random.Next(held.Count)];
                    held.Remove(released);
                    Assert.That(allocator.Release(released));
                    Assert.That(allocator.Release(released), Is.False);
                    continue;
                }

                var given = allocator.Allocate();
                Assert.That(given is null, Is.EqualTo(held.Count == capacity), $"{held.Count} of {capacity} held");
                if (given is not null)
                {
                    Assert.That(held, Does.Not.Contain(given));
                    Assert.That(block.Network.Contains(given));
                    held.Add(given);
                }

                Assert.That(allocator.InUse, Is.EqualTo(held.Count));
            }
        });

    private static BlockAllocator Allocator(string cidr) => new(new AddressBlock(IPNetwork.Parse(cidr)));

    private static List<IPAddress> AllocateAll(BlockAllocator allocator)
    {
        List<IPAddress> given = [];
        while (allocator.Allocate() is { } address)
        {
            given.Add(address);
        }

        return given;
    }
}
