using Routing.Bgp.Speaker;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads the times of a session.</summary>
internal static class TimerReader
{
    /// <summary>Reads the fields.</summary>
    public static TimerOptions Read(FieldReader spec)
    {
        var defaults = new TimerOptions();
        return new TimerOptions
        {
            HoldTime = ReadHoldTime(spec) ?? defaults.HoldTime,
            ConnectRetryTime = spec.Duration(
                "connectRetryTime", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "1s to 1h") ?? defaults.ConnectRetryTime,
        };
    }

    private static TimeSpan? ReadHoldTime(FieldReader spec)
    {
        const string Field = "holdTime";
        const string Allowed = "0s or 3s to 65535s (RFC 4271 §4.2)";
        var time = spec.Duration(Field, TimeSpan.Zero, TimeSpan.FromSeconds(ushort.MaxValue), Allowed);
        if (time is { TotalSeconds: 1 or 2 })
        {
            spec.Report(Field, $"{time.Value.TotalSeconds}s", Allowed);
        }

        return time;
    }
}
