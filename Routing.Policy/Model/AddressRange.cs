using Routing.Policy.Rules;

namespace Routing.Policy.Model;

/// <summary>Addresses from one to another, both included.</summary>
public readonly record struct AddressRange(IpFamily Family, UInt128 Low, UInt128 High)
{
    /// <summary>True when the address lies in the range.</summary>
    public bool Contains(Address address) =>
        address.Family == Family && Low <= address.Value && address.Value <= High;

    /// <summary>What is left of the range without some others, in order.</summary>
    public IEnumerable<AddressRange> Except(IEnumerable<AddressRange> holes)
    {
        var family = Family;
        var next = Low;
        foreach (var hole in holes.Where(hole => hole.Family == family).OrderBy(hole => hole.Low))
        {
            if (hole.Low > High || hole.High < next)
            {
                continue;
            }

            if (hole.Low > next)
            {
                yield return new AddressRange(Family, next, hole.Low - 1);
            }

            if (hole.High >= High)
            {
                yield break;
            }

            next = hole.High + 1;
        }

        yield return new AddressRange(Family, next, High);
    }
}
