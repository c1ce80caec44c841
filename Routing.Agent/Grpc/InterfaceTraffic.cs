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
        foreach (var link in NetworkInterface.GetAllNetworkInterfaces())
        {
            var addresses = link.GetIPProperties().UnicastAddresses.Select(each => each.Address).ToHashSet();
            var peers = localAddresses.Where(peer => addresses.Contains(peer.Value)).Select(peer => peer.Key).ToList();
            if (peers.Count == 0)
            {
                continue;
            }

            var octets = link.GetIPStatistics().BytesReceived;
            var rate = seconds > 0 && _octets.TryGetValue(link.Name, out var before) ? (octets - before) / seconds : 0;
            _octets[link.Name] = octets;
            peers.ForEach(peer => rates[peer] = (link.Name, rate));
        }

        return rates;
    }
}
