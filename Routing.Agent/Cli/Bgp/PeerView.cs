using System.Globalization;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp peers NAME`: one peer with all that is known of it, a section for each concern of the protocol's
/// <see cref="Peer"/>. A new concern adds its section here.</summary>
internal static class PeerView
{
    private const int MostFilters = 20;

    public static void Write(Peer peer, TextWriter output)
    {
        var view = new DetailView();
        AddSession(view, peer);
        AddTransport(view, peer.Transport);
        AddRelation(view, peer.Relation);
        AddRoutes(view, peer);
        AddRestart(view, peer.Restart);
        AddBfd(view, peer.Bfd);
        AddMessages(view, peer.Messages);
        view.WriteTo(output);
    }

    private static void AddSession(DetailView view, Peer peer) => view
        .Section($"{peer.Name}: {peer.Address}, AS {peer.Asn}")
        .Add("state", $"{peer.State} for {Durations.Format(peer.StateSeconds)}")
        .Add("shut down", PeerTable.Shutdown(peer))
        .Add("identifier", peer.Session.Identifier)
        .Add("hold time", peer.HoldSeconds > 0 ? $"{peer.HoldSeconds} s" : "none")
        .Add("capabilities", string.Join(", ", peer.Session.Capabilities))
        .Add("sessions", $"{peer.Session.EstablishedCount} established, {peer.Session.Flaps} lost, "
            + $"{peer.Session.HoldTimerExpiries} by the hold timer")
        .Add("last error", PeerTable.LastError(peer));

    private static void AddTransport(DetailView view, PeerTransport transport) => view
        .Section("transport")
        .Add("local", transport.Local)
        .Add("remote", transport.Remote)
        .Add("passive", transport.Passive)
        .Add("signed with", transport.Authentication)
        .Add("ttl", transport.LeastTtl > 0 ? $"{transport.Ttl}, at least {transport.LeastTtl} taken" : $"{transport.Ttl}")
        .Add("interface", transport.Interface);

    private static void AddRelation(DetailView view, PeerRelation relation) => view
        .Section("relation")
        .Add("kind", relation.External ? "eBGP" : relation.Confederation ? "eBGP inside the confederation" : "iBGP")
        .Add("local AS", $"{relation.LocalAsn}")
        .Add("role", relation.Role.Length == 0 ? "" : $"{relation.Role}, the peer {Or(relation.PeerRole, "does not say")}")
        .Add("reflector client", relation.RouteReflectorClient)
        .Add("route server client", relation.RouteServerClient)
        .Add("draining", relation.Draining)
        .Add("AS paths", string.Join(", ", relation.AsPath))
        .Add("next hop", relation.NextHopMode)
        .Add("communities sent", Or(string.Join(", ", relation.SentCommunities), "none"))
        .Add("AIGP", relation.Aigp)
        .Add("graceful shutdown", relation.AcceptsGracefulShutdown ? "honoured" : "ignored")
        .Add("blackhole", relation.AcceptsBlackhole ? "honoured" : "ignored");

    private static string Or(string text, string otherwise) => text.Length == 0 ? otherwise : text;

    private static void AddRoutes(DetailView view, Peer peer)
    {
        view.Section("routes");
        foreach (var family in peer.Families)
        {
            var received = family.HasMaximum ? $"{family.Received} of {family.Maximum}" : $"{family.Received}";
            view.Add(family.Family, $"{received} received, {family.Accepted} accepted, {family.Rejected} rejected, "
                + Stale(family) + $"{family.Advertised} advertised"
                + (family.ReceivesPaths ? ", takes several paths" : "") + (family.SendsPaths ? ", sends several paths" : ""));
            view.Add("", family.Refused > 0 ? $"{family.Refused} paths refused: more than 128 of one prefix" : "");
            AddFilters(view, family.Filters);
        }
    }

    private static string Stale(PeerFamily family) => family.LongLivedStale > 0
        ? $"{family.Stale} stale ({family.LongLivedStale} for long), "
        : $"{family.Stale} stale, ";

    /// <summary>What the peer wants (RFC 5291), an entry to a line.</summary>
    private static void AddFilters(DetailView view, ReceivedFilters? filters)
    {
        if (filters is null)
        {
            return;
        }

        view.Add("  wants", filters.Awaited ? "has not said yet"
            : filters.Unusable ? "all, as its filters cannot be read or are too many"
            : filters.Entries.Count == 0 ? "all"
            : filters.Deferred ? "once it asks:" : $"{filters.Entries.Count} filters:");
        foreach (var entry in filters.Entries.Take(MostFilters))
        {
            view.Add("", $"{entry.Action} {entry.Prefix}" + Lengths(entry));
        }

        view.Add("", filters.Entries.Count > MostFilters ? $"{filters.Entries.Count - MostFilters} more: -o json has all" : "");
    }

    private static string Lengths(ReceivedFilter entry) =>
        (entry.MinLength > 0 ? $" from /{entry.MinLength}" : "") + (entry.MaxLength > 0 ? $" to /{entry.MaxLength}" : "");

    private static void AddRestart(DetailView view, PeerRestart restart) => view
        .Section("graceful restart")
        .Add("negotiated", restart.Negotiated)
        .Add("restart time", restart.HasPeerRestartSeconds ? $"{restart.PeerRestartSeconds} s" : "")
        .Add("on notification", restart.Notification)
        .Add("long-lived time", restart.HasPeerLongLivedSeconds ? $"{restart.PeerLongLivedSeconds} s" : "")
        .Add("routes kept", restart.RetainsForLong ? "yes, past the restart time" : restart.RetainsRoutes ? "yes" : "no");

    private static void AddBfd(DetailView view, PeerBfd? bfd)
    {
        if (bfd is null)
        {
            return;
        }

        view.Section("bfd")
            .Add("state", $"{bfd.State} for {Durations.Format(bfd.StateSeconds)}, the peer says {bfd.RemoteState}")
            .Add("hops", bfd.Multihop ? "multihop" : "single hop")
            .Add("diagnostic", $"ours {bfd.Diagnostic}, theirs {bfd.RemoteDiagnostic}")
            .Add("timers", $"a packet each {bfd.TransmitIntervalMs} ms, down after {bfd.DetectionTimeMs} ms of silence")
            .Add("signed with", bfd.Authentication)
            .Add("failures", $"{bfd.Failures}")
            .Add("packets", $"{bfd.PacketsReceived} received, {bfd.PacketsSent} sent, {bfd.PacketsDiscarded} discarded"
                + (bfd.PacketsUnauthenticated > 0 ? $" ({bfd.PacketsUnauthenticated} not signed as agreed)" : ""));
    }

    private static void AddMessages(DetailView view, PeerMessages messages) => view
        .Section("messages")
        .Add("received", Text(messages.Received, messages.OctetsReceived))
        .Add("sent", Text(messages.Sent, messages.OctetsSent))
        .Add("notifications in", Text(messages.NotificationsReceived))
        .Add("notifications out", Text(messages.NotificationsSent))
        .Add("with errors", $"{messages.TreatedAsWithdraw} treated as withdraw, {messages.AttributesDiscarded} lost an attribute");

    private static string Text(MessageCounts counts, ulong octets) => string.Create(
        CultureInfo.InvariantCulture,
        $"{counts.Open} OPEN, {counts.Update} UPDATE, {counts.Keepalive} KEEPALIVE, {counts.Notification} NOTIFICATION, "
        + $"{counts.RouteRefresh} ROUTE-REFRESH; {octets} octets");

    private static string Text(IDictionary<string, ulong> counts) => string.Join(
        ", ", counts.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => $"{each.Key} {each.Value}"));
}
