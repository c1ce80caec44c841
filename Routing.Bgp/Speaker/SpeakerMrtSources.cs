using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Mrt;
using Routing.Bgp.Rib;

namespace Routing.Bgp.Speaker;

/// <summary>Owner of the files that stand for neighbours: starts to read those that are new, removes the routes of those
/// that are gone. Changes come one at a time.</summary>
internal sealed class SpeakerMrtSources(RibLoop rib, PeerIndexes indexes, uint ownAsn, ILoggerFactory loggers)
{
    private ImmutableArray<Reading> _readings = []; // one reference, swapped: whoever reads it has a snapshot

    /// <summary>How far each has come; any thread may ask.</summary>
    public ImmutableArray<MrtSourceStatus> Status => [.. _readings.Select(reading => reading.Source.Status)];

    /// <summary>As a table dump lists them: without an address.</summary>
    public IEnumerable<TableDumpPeer> DumpPeers =>
        _readings.Select(reading => new TableDumpPeer(reading.Source.Index, IPAddress.Any, ownAsn));

    /// <summary>Follows a configuration.</summary>
    public async Task ConfigureAsync(ImmutableArray<MrtSourceConfig> wanted, CancellationToken cancellationToken)
    {
        foreach (var reading in _readings.Where(reading => !wanted.Contains(reading.Source.Config)))
        {
            await EndAsync(reading);
            await rib.TellAsync(owner => owner.RemovePeer(reading.Source.Index), cancellationToken);
            indexes.Return(reading.Source.Index);
            _readings = _readings.Remove(reading);
        }

        foreach (var config in wanted.Where(config => !_readings.Any(reading => reading.Source.Config == config)))
        {
            var source = new MrtSource(config, indexes.Take(), ownAsn, rib, loggers.CreateLogger<MrtSource>());
            await rib.TellAsync(owner => owner.AddPeer(source.Index, source.RibConfig), cancellationToken);
            var stop = new CancellationTokenSource();
            _readings = _readings.Add(new Reading(source, stop, Task.Run(() => source.RunAsync(stop.Token), stop.Token)));
        }
    }

    /// <summary>Ends all reading; the RIB ends too, so nothing is removed from it.</summary>
    public Task StopAsync() => Task.WhenAll(_readings.Select(EndAsync));

    private static async Task EndAsync(Reading reading)
    {
        await reading.Stop.CancelAsync();
        await reading.Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        reading.Stop.Dispose();
    }

    private sealed record Reading(MrtSource Source, CancellationTokenSource Stop, Task Running);
}
