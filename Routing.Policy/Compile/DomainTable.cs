using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>The addresses that names stand for, as the answers of DNS said. They come and go by themselves: whoever learns them
/// tells, and the compiler looks at each address alone.</summary>
internal sealed class DomainTable
{
    private readonly Dictionary<DomainPattern, ImmutableHashSet<Address>> _addresses = [];
    private readonly Dictionary<Address, ImmutableArray<DomainPattern>> _patterns = [];

    /// <summary>Every pattern that stands for something.</summary>
    public ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> All => _addresses.ToImmutableDictionary();

    /// <summary>What a pattern stands for.</summary>
    public ImmutableHashSet<Address> AddressesOf(DomainPattern pattern) => _addresses.GetValueOrDefault(pattern, []);

    /// <summary>The patterns that stand for an address, among others.</summary>
    public ImmutableArray<DomainPattern> PatternsOf(Address address) => _patterns.GetValueOrDefault(address, []);

    /// <summary>A pattern stands for these addresses from now on.</summary>
    /// <returns>Those that came or went.</returns>
    public EquatableArray<Address> Set(DomainPattern pattern, ImmutableHashSet<Address> addresses)
    {
        var before = AddressesOf(pattern);
        var changed = before.SymmetricExcept(addresses);
        foreach (var address in changed)
        {
            var patterns = PatternsOf(address);
            patterns = addresses.Contains(address) ? patterns.Add(pattern) : patterns.Remove(pattern);
            if (patterns.IsEmpty)
            {
                _patterns.Remove(address);
            }
            else
            {
                _patterns[address] = patterns;
            }
        }

        if (addresses.IsEmpty)
        {
            _addresses.Remove(pattern);
        }
        else
        {
            _addresses[pattern] = addresses;
        }

        return changed.ToEquatableArray();
    }
}
