using System.Diagnostics;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Import;

/// <summary>What a peer announces and withdraws, into the tables: attributes interned and judged once, then a row for each
/// prefix.</summary>
internal sealed class UpdateStage(RibTables tables, ImportStage import, RibSessions sessions)
{
    /// <summary>Entries of a batch whose memory is fetched ahead: about twenty prefixes of a full table, as many cache lines
    /// as a processor can wait for at once.</summary>
    private const int EntriesAhead = 4;

    /// <summary>See <see cref="IRibInbox.UpdatesAsync"/>. The batch goes back to its pool.</summary>
    public void Take(UpdateBatch batch)
    {
        // A batch that was under way when its session went down is too late.
        if (tables.Peers.TryGetValue(batch.Peer, out var peer) && peer is { Session: not null, Limits.IsExceeded: false })
        {
            Take(batch, peer);
            peer.Limits.Check(peer, tables);
        }

        UpdateBatchPool.Return(batch);
    }

    private void Take(UpdateBatch batch, RibPeer peer)
    {
        var entries = batch.Entries.AsSpan(0, batch.EntryCount);
        var now = tables.Clock.Now;
        foreach (var family in tables.Families)
        {
            family.In(peer.Index).Stamp = PathClock.StampOf(peer, family.Family, now);
        }

        for (var i = 0; i < entries.Length; i++)
        {
            if (i + EntriesAhead < entries.Length)
            {
                Prefetch(batch, entries[i + EntriesAhead]);
            }

            ref readonly var entry = ref entries[i];
            if (peer.Carries(entry.Family))
            {
                Take(batch, entry, peer, tables[entry.Family]);
            }
        }
    }

    private void Take(UpdateBatch batch, in UpdateEntry entry, RibPeer peer, RibFamily family)
    {
        switch (entry.Kind)
        {
            case UpdateEntryKind.Announce:
                Announce(batch, entry, peer, family);
                break;
            case UpdateEntryKind.Withdraw:
                Withdraw(batch, entry, peer, family);
                break;
            case UpdateEntryKind.EndOfRib:
                sessions.EndOfRib(peer, family);
                break;
            case UpdateEntryKind.BeginOfRefresh:
                RibSessions.BeginOfRefresh(peer, family);
                break;
            case UpdateEntryKind.EndOfRefresh:
                family.In(peer.Index).EndRefresh();
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Asks for the memory that an entry will need.</summary>
    private void Prefetch(UpdateBatch batch, in UpdateEntry entry)
    {
        tables.Attributes.Prefetch(entry.AttributesHash);
        tables[entry.Family].LocRib.Prefixes.Prefetch(
            batch.Octets.AsSpan(entry.NlriOffset, entry.NlriLength), entry.HasPathIds);
    }

    private void Announce(UpdateBatch batch, in UpdateEntry entry, RibPeer peer, RibFamily family)
    {
        var (adjRibIn, prefixes, attributes) = (family.In(peer.Index), family.LocRib.Prefixes, tables.Attributes);
        var nlri = NlriOf(batch, entry);
        var octets = batch.Octets.AsSpan(entry.AttributesOffset, entry.AttributesLength);
        var received = attributes.Intern(octets, entry.AttributesHash);
        import.Begin(peer, entry.Family, received);
        while (prefixes.TryFindOrAdd(ref nlri, out var row, out var pathId))
        {
            var (effective, flags) = import.Judge(prefixes, row);
            adjRibIn.Announce(row, pathId, received, effective, flags);
        }

        import.End();
        attributes.Release(received);
    }

    private static void Withdraw(UpdateBatch batch, in UpdateEntry entry, RibPeer peer, RibFamily family)
    {
        var (adjRibIn, prefixes) = (family.In(peer.Index), family.LocRib.Prefixes);
        var nlri = NlriOf(batch, entry);
        while (prefixes.TryFind(ref nlri, out var row, out var pathId))
        {
            adjRibIn.Withdraw(row, pathId);
        }
    }

    private static NlriCursor NlriOf(UpdateBatch batch, in UpdateEntry entry) =>
        new(entry.Family, batch.Octets.AsSpan(entry.NlriOffset, entry.NlriLength), entry.HasPathIds);
}
