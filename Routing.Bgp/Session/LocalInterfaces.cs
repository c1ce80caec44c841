using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;

namespace Routing.Bgp.Session;

/// <summary>The machine's interfaces and their addresses at one moment. To walk them takes a millisecond, and a hundred sessions
/// that come up at once all ask: they share what one of them has seen.</summary>
internal sealed class LocalInterfaces
{
    /// <summary>Older than this is looked at anew.</summary>
    private static readonly TimeSpan MostAge = TimeSpan.FromMilliseconds(250);

    private static volatile LocalInterfaces? _latest;

    private readonly long _takenAt = Stopwatch.GetTimestamp();
    private readonly ImmutableArray<(string Name, ImmutableArray<IPAddress> Addresses)> _all =
    [
        .. NetworkInterface.GetAllNetworkInterfaces().Select(found => (
            found.Name,
            found.GetIPProperties().UnicastAddresses.Select(entry => entry.Address).ToImmutableArray())),
    ];

    private LocalInterfaces()
    {
    }

    /// <summary>As they are, or were a moment ago.</summary>
    public static LocalInterfaces Latest
    {
        get
        {
            var latest = _latest;
            if (latest is null || Stopwatch.GetElapsedTime(latest._takenAt) > MostAge)
            {
                _latest = latest = new LocalInterfaces();
            }

            return latest;
        }
    }

    /// <summary>The interface with an address, or null.</summary>
    public string? NameOf(IPAddress address) => Find(address)?.Name;

    /// <summary>An address of the other family on the interface with an address; a global one is better than a link-local
    /// one.</summary>
    public IPAddress? OtherFamilyOf(IPAddress address) => Find(address)?.Addresses
        .Where(other => other.AddressFamily != address.AddressFamily)
        .OrderBy(other => other.IsIPv6LinkLocal)
        .FirstOrDefault();

    private (string Name, ImmutableArray<IPAddress> Addresses)? Find(IPAddress address)
    {
        foreach (var found in _all)
        {
            if (found.Addresses.Contains(address))
            {
                return found;
            }
        }

        return null;
    }
}
