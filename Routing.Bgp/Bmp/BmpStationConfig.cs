using System.Net;

namespace Routing.Bgp.Bmp;

/// <summary>A monitoring station (RFC 7854 §3.2).</summary>
public sealed record BmpStationConfig
{
    /// <summary>The name operators use; unique among stations.</summary>
    public required string Name { get; init; }

    /// <summary>Where the station listens; or with <see cref="Passive"/> where we do.</summary>
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>The station connects to us. Whoever does is taken for it, one at a time: listen where only it can.</summary>
    public bool Passive { get; init; }

    /// <summary>Which routes it gets.</summary>
    public BmpViews Views { get; init; } = BmpViews.AdjRibInPrePolicy;

    /// <summary>Time between Statistics Reports; zero sends none.</summary>
    public TimeSpan StatisticsInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>sysName in the Initiation message.</summary>
    public string SystemName { get; init; } = Environment.MachineName;
}
