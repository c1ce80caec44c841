using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib;

/// <summary>What a peer announces and withdraws, into the tables: attributes interned and judged once, then a row for each
/// prefix.</summary>
internal sealed class UpdateStage(AttributeTable attributes, ImportStage import)
{
    /// <summary>Asks for the memory that an entry will need.</summary>
    public void Prefetch(UpdateBatch batch, in UpdateEntry entry, RibFamily family)
    {
        attributes.Prefetch(entry.AttributesHash);
        family.LocRib.Prefixes.Prefetch(batch.Octets.AsSpan(entry.NlriOffset, entry.NlriLength), entry.HasPathIds);
    }

    /// <summary>Takes an entry that announces.</summary>
    public void Announce(UpdateBatch batch, in UpdateEntry entry, RibPeer peer, RibFamily family)
    {
        var (adjRibIn, prefixes) = (family.In(peer.Index), family.LocRib.Prefixes);
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

    /// <summary>Takes an entry that withdraws.</summary>
    public static void Withdraw(UpdateBatch batch, in UpdateEntry entry, RibPeer peer, RibFamily family)
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
