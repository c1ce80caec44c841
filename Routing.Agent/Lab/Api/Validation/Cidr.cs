using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>A prefix as Go's ParseCIDR reads it: host bits may be set, and are ignored.</summary>
internal readonly record struct Cidr(IPAddress Address, int Length)
{
    public static bool TryParse(string text, out Cidr cidr)
    {
        cidr = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IPAddress.TryParse(text[..slash], out var address)
            || !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            return false;
        }

        // IPAddress also takes "10.1" and zones, which Kubernetes does not.
        var shape = address.AddressFamily == AddressFamily.InterNetwork
            ? text[..slash].Count(c => c == '.') == 3 && length <= 32
            : !text.Contains('%', StringComparison.Ordinal) && length <= 128;
        cidr = new Cidr(address, length);
        return shape;
    }

    /// <summary>Whether an address lies within.</summary>
    public bool Contains(IPAddress other)
    {
        if (other.AddressFamily != Address.AddressFamily)
        {
            return false;
        }

        byte[] mine = Address.GetAddressBytes(), theirs = other.GetAddressBytes();
        for (var bit = 0; bit < Length; bit++)
        {
            var mask = 0x80 >> (bit % 8);
            if ((mine[bit / 8] & mask) != (theirs[bit / 8] & mask))
            {
                return false;
            }
        }

        return true;
    }
}
