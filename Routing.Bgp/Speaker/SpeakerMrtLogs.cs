using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Mrt;
using Routing.Bgp.Session;

namespace Routing.Bgp.Speaker;

/// <summary>Owner of the update logs: opens and closes them as the configuration says. Changes come one at a time.</summary>
internal sealed class SpeakerMrtLogs(SessionTaps taps, TimeProvider time, ILoggerFactory loggers)
{
    private ImmutableArray<MrtLog> _logs = []; // one reference, swapped: whoever reads it has a snapshot

    /// <summary>The logs; any thread may ask.</summary>
    public ImmutableArray<MrtLogStatus> Status => [.. _logs.Select(log => log.Status)];

    /// <summary>Follows a configuration.</summary>
    public async Task ConfigureAsync(ImmutableArray<MrtLogConfig> wanted)
    {
        var ended = _logs.Where(log => !wanted.Contains(log.Config)).ToList();
        var begun = wanted.Where(config => !_logs.Any(log => log.Config == config))
            .Select(config => new MrtLog(config, time, loggers.CreateLogger<MrtLog>())).ToList();
        _logs = [.. _logs.Except(ended), .. begun];
        begun.ForEach(taps.Add);
        foreach (var log in ended)
        {
            taps.Remove(log);
            await log.DisposeAsync();
        }
    }
}
