using System.Net;

namespace Routing.Agent.Ipam;

/// <summary>The addresses of this node's pods, from the node's pod CIDRs, which may change while pods run: an address
/// of a CIDR that went stays with its pod and is not given out again.</summary>
/// <remarks>Thread-safe. Keeps nothing on disk: the attachment records and the kernel's routes are the truth, and a
/// start claims from both.</remarks>
public sealed class PodIpam
{
    private readonly Lock _lock = new();
    private readonly HashSet<IPAddress> _inUse = [];
    private List<BlockAllocator> _allocators = [];

    /// <summary>Sets the CIDRs to allocate from. What is in use stays in use.</summary>
    public void UseCidrs(IReadOnlyCollection<IPNetwork> cidrs)
    {
        lock (_lock)
        {
            if (_allocators.Count == cidrs.Count && _allocators.All(each => cidrs.Contains(each.Block.Network)))
            {
                return;
            }

            // A CIDR that stays keeps its allocator, which remembers the order addresses were given back in.
            _allocators = cidrs
                .Select(cidr => _allocators.Find(each => each.Block.Network.Equals(cidr)) ?? Seeded(cidr)).ToList();
        }
    }

    /// <summary>Takes an address of each family that there is a CIDR of.</summary>
    /// <exception cref="AddressesExhaustedException">A family's CIDRs are full; nothing was taken.</exception>
    public PodAddresses Allocate()
    {
        lock (_lock)
        {
            var ipv4 = AllocateFrom(_allocators.FindAll(each => !each.Block.IsIPv6));
            try
            {
                return new PodAddresses(ipv4, AllocateFrom(_allocators.FindAll(each => each.Block.IsIPv6)));
            }
            catch (AddressesExhaustedException)
            {
                ReleaseLocked(ipv4);
                throw;
            }
        }
    }

    /// <summary>Marks addresses that a pod already has; for a start, before the first <see cref="Allocate"/>.</summary>
    public void Claim(IEnumerable<IPAddress> addresses)
    {
        lock (_lock)
        {
            foreach (var address in addresses)
            {
                _inUse.Add(address);
                _allocators.ForEach(each => each.TryClaim(address));
            }
        }
    }

    /// <summary>Gives addresses back; one that is free already is left alone.</summary>
    public void Release(IEnumerable<IPAddress> addresses)
    {
        lock (_lock)
        {
            foreach (var address in addresses)
            {
                ReleaseLocked(address);
            }
        }
    }

    /// <summary>Whether a pod has the address.</summary>
    public bool IsInUse(IPAddress address)
    {
        lock (_lock)
        {
            return _inUse.Contains(address);
        }
    }

    private BlockAllocator Seeded(IPNetwork cidr)
    {
        var allocator = new BlockAllocator(new AddressBlock(cidr));
        foreach (var address in _inUse)
        {
            allocator.TryClaim(address);
        }

        return allocator;
    }

    private IPAddress? AllocateFrom(List<BlockAllocator> allocators)
    {
        foreach (var allocator in allocators)
        {
            // CIDRs may overlap while one replaces the other; what another block gave out is claimed here, not given.
            while (allocator.Allocate() is { } address)
            {
                if (_inUse.Add(address))
                {
                    return address;
                }
            }
        }

        return allocators.Count == 0 ? null : throw new AddressesExhaustedException(
            $"no free address in {string.Join(" and ", allocators.Select(Describe))}; "
            + "delete pods from this node or give it a larger pod CIDR");
    }

    private void ReleaseLocked(IPAddress? address)
    {
        if (address is not null && _inUse.Remove(address))
        {
            _allocators.ForEach(each => each.Release(address));
        }
    }

    private static string Describe(BlockAllocator allocator) => $"{allocator.Block} ({allocator.InUse} in use)";
}
