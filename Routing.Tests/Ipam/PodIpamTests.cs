using System.Net;
using CsCheck;
using Routing.Agent.Ipam;

namespace Routing.Tests.Ipam;

internal sealed class PodIpamTests
{
    [TestCase(new[] { "10.1.0.0/24", "fd00::/64" }, "10.1.0.1", "fd00::1")]
    [TestCase(new[] { "fd00::/64", "10.1.0.0/24" }, "10.1.0.1", "fd00::1")]
    [TestCase(new[] { "10.1.0.0/24" }, "10.1.0.1", null)]
    [TestCase(new[] { "fd00::/64" }, null, "fd00::1")]
    [TestCase(new string[0], null, null)]
    public void A_pod_gets_an_address_of_each_family_there_is(string[] cidrs, string? ipv4, string? ipv6)
    {
        var addresses = Ipam(cidrs).Allocate();
        Assert.That((addresses.IPv4?.ToString(), addresses.IPv6?.ToString()), Is.EqualTo((ipv4, ipv6)));
    }

    [Test]
    public void Exhaustion_names_the_CIDR_and_takes_nothing_of_the_other_family()
    {
        var ipam = Ipam("10.1.0.0/24", "fd00::/127");
        ipam.Allocate();
        ipam.Allocate();
        var error = Assert.Throws<AddressesExhaustedException>(() => ipam.Allocate());
        Assert.That(error.Message, Does.Contain("fd00::/127 (2 in use)"));
        Assert.That(ipam.IsInUse(IPAddress.Parse("10.1.0.3")), Is.False);
    }

    [Test]
    public void An_address_of_a_CIDR_that_went_stays_with_its_pod_and_comes_back_with_the_CIDR()
    {
        var ipam = Ipam("10.1.0.0/24");
        var kept = ipam.Allocate();
        ipam.UseCidrs([IPNetwork.Parse("10.2.0.0/24")]);
        Assert.That(ipam.Allocate().IPv4, Is.EqualTo(IPAddress.Parse("10.2.0.1")));
        Assert.That(ipam.IsInUse(kept.IPv4!));

        ipam.UseCidrs([IPNetwork.Parse("10.1.0.0/24")]);
        Assert.That(ipam.Allocate().IPv4, Is.EqualTo(IPAddress.Parse("10.1.0.2")));
        ipam.Release(kept.All);
        Assert.That(ipam.IsInUse(kept.IPv4!), Is.False);
    }

    [Test]
    public void A_second_CIDR_of_a_family_is_used_when_the_first_is_full()
    {
        var ipam = Ipam("10.1.0.0/31", "10.2.0.0/24");
        var given = Enumerable.Range(0, 3).Select(_ => ipam.Allocate().IPv4!.ToString());
        Assert.That(given, Is.EqualTo(new[] { "10.1.0.0", "10.1.0.1", "10.2.0.1" }));
    }

    [Test]
    public void Claimed_addresses_are_not_given_out_whether_the_CIDRs_are_known_before_or_after()
    {
        var ipam = new PodIpam();
        ipam.Claim([IPAddress.Parse("10.1.0.1")]);
        ipam.UseCidrs([IPNetwork.Parse("10.1.0.0/24")]);
        ipam.Claim([IPAddress.Parse("10.1.0.2")]);
        Assert.That(ipam.Allocate().IPv4, Is.EqualTo(IPAddress.Parse("10.1.0.3")));
    }

    /// <summary>Threads that allocate and release, and CIDRs that change and overlap meanwhile.</summary>
    [Test]
    public void Never_gives_an_address_to_two_pods_at_once() => Gen.Int[0, 1000].Sample(
        seed =>
        {
            var ipam = Ipam("10.1.0.0/27");
            var sets = new[] { "10.1.0.0/27", "10.1.0.0/26", "10.1.0.32/27" };
            var owners = new Dictionary<IPAddress, int>();
            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, worker =>
            {
                var random = new Random(seed + worker);
                var mine = new List<IPAddress>();
                for (var step = 0; step < 60; step++)
                {
                    if (random.Next(20) == 0)
                    {
                        ipam.UseCidrs([IPNetwork.Parse(sets[random.Next(sets.Length)])]);
                    }

                    if (mine.Count > 4 || (mine.Count > 0 && random.Next(3) == 0))
                    {
                        var address = mine[0];
                        mine.RemoveAt(0);
                        lock (owners)
                        {
                            owners.Remove(address);
                        }

                        ipam.Release([address]);
                    }
                    else
                    {
                        var address = ipam.Allocate().IPv4!;
                        lock (owners)
                        {
                            Assert.That(owners.TryAdd(address, worker), $"{address} was given twice");
                        }

                        mine.Add(address);
                    }
                }
            });
        },
        iter: 50);

    private static PodIpam Ipam(params string[] cidrs)
    {
        var ipam = new PodIpam();
        ipam.UseCidrs([.. cidrs.Select(IPNetwork.Parse)]);
        return ipam;
    }
}
