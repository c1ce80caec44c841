using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Bmp;
using Routing.Bgp.Rib;
using Routing.Bgp.Session;

namespace Routing.Bgp.Speaker;

/// <summary>Owner of the monitoring stations: starts and ends them as the configuration says. Changes come one at a
/// time.</summary>
internal sealed class SpeakerBmpStations(
    RibLoop rib, IBgpTransport transport, TimeProvider time, ILoggerFactory loggers)
{
    private ImmutableArray<Running> _stations = []; // one reference, swapped: whoever reads it has a snapshot

    /// <summary>The stations; any thread may ask.</summary>
    public ImmutableArray<BmpStationStatus> Status => [.. _stations.Select(running => running.Station.Status)];

    /// <summary>Follows a configuration.</summary>
    public async Task ConfigureAsync(ImmutableArray<BmpStationConfig> wanted)
    {
        var ended = _stations.Where(running => !wanted.Contains(running.Station.Config)).ToList();
        await Task.WhenAll(ended.Select(EndAsync)); // first, as one that is new may listen where one that goes did
        var begun = wanted.Where(config => !_stations.Any(running => running.Station.Config == config)).Select(Begin);
        _stations = [.. _stations.Except(ended), .. begun];
    }

    private Running Begin(BmpStationConfig config)
    {
        var station = new BmpStation(config, rib, transport, time, loggers.CreateLogger<BmpStation>());
        var stop = new CancellationTokenSource();
        return new Running(station, stop, Task.Run(() => station.RunAsync(stop.Token), CancellationToken.None));
    }

    private static async Task EndAsync(Running running)
    {
        await running.Stop.CancelAsync();
        await running.Task;
        running.Stop.Dispose();
    }

    private sealed record Running(BmpStation Station, CancellationTokenSource Stop, Task Task);
}
