using Routing.Bgp.Bfd;
using Routing.Bgp.Speaker;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads the BFD session beside a BGP session.</summary>
internal static class BfdReader
{
    private const string Field = "bfd";
    private const string Allowed = "50ms to 60s";

    /// <summary>Reads the field <c>bfd</c>.</summary>
    /// <param name="transport">Says whether the neighbour is more than one hop away, where <c>bfd</c> does not.</param>
    /// <param name="authentication">What its packets are signed with; null for nothing.</param>
    /// <returns>Null without BFD.</returns>
    public static BfdOptions? Read(FieldReader spec, TransportOptions transport, out BfdAuthenticationSource? authentication)
    {
        authentication = null;
        if (spec.Object(Field) is not { } bfd)
        {
            return null;
        }

        var defaults = new BfdOptions();
        var isEnabled = bfd.Boolean("enabled") ?? true;
        var options = new BfdOptions
        {
            MinimumTransmitInterval = Interval("minimumTransmitInterval") ?? defaults.MinimumTransmitInterval,
            MinimumReceiveInterval = Interval("minimumReceiveInterval") ?? defaults.MinimumReceiveInterval,
            DetectMultiplier = (byte?)bfd.Integer("detectMultiplier", 1, byte.MaxValue) ?? defaults.DetectMultiplier,
            Multihop = bfd.Boolean("multihop") ?? transport.MultihopTtl > 1,
            CheckControlPlaneFailure = bfd.Boolean("checkControlPlaneFailure") ?? defaults.CheckControlPlaneFailure,
        };
        authentication = BfdAuthenticationReader.Read(bfd);
        bfd.End();
        return isEnabled ? options : null;

        TimeSpan? Interval(string field) =>
            bfd.Duration(field, BfdOptions.ShortestInterval, BfdOptions.LongestInterval, Allowed);
    }

    /// <summary>Reports what does not go with the neighbour's address.</summary>
    public static void Check(FieldReader spec, PeerConfig peer)
    {
        if (peer is { Address.IsIPv6LinkLocal: true, Bfd.Multihop: true })
        {
            spec.Report($"{Field}.multihop", "true", "false: a link-local address is on the link (RFC 5881)");
        }
    }
}
