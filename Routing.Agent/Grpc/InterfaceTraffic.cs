using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace Routing.Agent.Grpc;

/// <summary>What comes in on the interfaces of sessions, between one look and the next: the best sign of traffic that a
/// neighbour still sends. It counts all of an interface, whoever sends it.</summary>
internal sealed class InterfaceTraffic(TimeProvider time, IReadOnlyDictionary<string, IPAddress> localAddresses)
{
    private readonly Dictionary<string, long> _octets = [];
    private long _readAt = time.GetTimestamp();

    /// <summary>By peer: its interface and octets per second since the last call; 0 in the first.</summary>
    public IReadOnlyDictionary<string, (string Interface, double OctetsPerSecond)> Read()
    {
        var seconds = time.GetElapsedTime(_readAt).TotalSeconds;
        _readAt = time.GetTimestamp();
        var rates = new Dictionary<string, (string, double)>();
        var received = ReadReceived();
        foreach (var link in NetworkInterface.GetAllNetworkInterfaces())
        {
            var addresses = link.GetIPProperties().UnicastAddresses.Select(each => each.Address).ToHashSet();
            var peers = localAddresses.Where(peer => addresses.Contains(peer.Value)).Select(peer => peer.Key).ToList();
            if (peers.Count == 0 || !received.TryGetValue(link.Name, out var octets))
            {
                continue;
            }

            var rate = seconds > 0 && _octets.TryGetValue(link.Name, out var before) ? (octets - before) / seconds : 0;
            _octets[link.Name] = octets;
            peers.ForEach(peer => rates[peer] = (link.Name, rate));
        }

        return rates;
    }

    /// <summary>Octets that have come in, by interface. From /proc, which has those of this network namespace; /sys has those of
    /// the namespace it was mounted in.</summary>
    private static Dictionary<string, long> ReadReceived() => File.ReadLines("/proc/thread-self/net/dev")
        .Skip(2) // headings
        .Select(line => line.Split(':'))
        .ToDictionary(
            line => line[0].Trim(),
            line => long.Parse(line[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture));
}
