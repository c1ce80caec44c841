using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Tables;

namespace Routing.Bgp.Mrt;

/// <summary>Writes a table dump (RFC 6396 §4.3) while the RIB goes on: a slice is read on its thread, written here, and
/// only then the next is asked for. A destination that is slow slows nothing but the dump.</summary>
internal static class TableDump
{
    /// <summary>Writes a dump.</summary>
    /// <param name="rib">Whose tables.</param>
    /// <param name="own">Ourselves.</param>
    /// <param name="peers">The neighbours.</param>
    /// <param name="table">Which paths.</param>
    /// <param name="time">Stands in every record.</param>
    /// <param name="destination">Where to; left open.</param>
    public static async Task WriteAsync(
        RibLoop rib,
        SpeakerIdentity own,
        IReadOnlyCollection<TableDumpPeer> peers,
        MrtTable table,
        DateTimeOffset time,
        Stream destination,
        CancellationToken cancellationToken)
    {
        var walk = new TableDumpWalk(table, time);
        await rib.TellAsync(owner => walk.Begin(owner.Tables, own, peers), cancellationToken);
        do
        {
            await destination.WriteAsync(walk.Slice, cancellationToken);
        }
        while (await rib.AskAsync(owner => walk.ReadNext(owner.Tables), cancellationToken));
    }
}
