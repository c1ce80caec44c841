using System.Globalization;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>Peers, a line each.</summary>
internal static class PeerTable
{
    public static void Write(IEnumerable<Peer> peers, TextWriter output)
    {
        var table = new TextTable("PEER", "ADDRESS", "AS", "STATE", "FOR", "RECEIVED", "ACCEPTED", "ADVERTISED",
            "FLAPS", "LAST ERROR");
        foreach (var peer in peers)
        {
            table.Add(peer.Name, peer.Address, Text(peer.Asn), peer.State, Durations.Format(peer.StateSeconds),
                Counts(peer, family => family.Received), Counts(peer, family => family.Accepted),
                Counts(peer, family => family.Advertised), Text(peer.Session.Flaps),
                Shutdown(peer) is { Length: > 0 } shutdown ? $"shut down: {shutdown}" : LastError(peer));
        }

        table.WriteTo(output);
    }

    /// <summary>Why an operator has shut a peer down; empty when none has.</summary>
    public static string Shutdown(Peer peer) => !peer.Administration.ShutDown ? ""
        : peer.Administration.ShutdownReason.Length == 0 ? "no reason given" : peer.Administration.ShutdownReason;

    /// <summary>The last error with its age: an Established session has one from before it was.</summary>
    public static string LastError(Peer peer) => peer.Session.HasLastErrorSecondsAgo
        ? $"{peer.LastError} ({Durations.Format(peer.Session.LastErrorSecondsAgo)} ago)" : peer.LastError;

    private static string Counts(Peer peer, Func<PeerFamily, uint> count) =>
        string.Join(' ', peer.Families.Select(family => $"{family.Family}:{count(family)}"));

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
