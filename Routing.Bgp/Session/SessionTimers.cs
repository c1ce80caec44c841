using Routing.Bgp.Fsm;

namespace Routing.Bgp.Session;

/// <summary>The running timers of one FSM as points in time; the loop that owns them asks which are due.</summary>
internal sealed class SessionTimers(TimeProvider time)
{
    private readonly long?[] _deadlines = new long?[Enum.GetValues<SessionTimer>().Length];

    /// <summary>The earliest deadline, as a timestamp of the time provider; null when none runs.</summary>
    public long? Earliest => _deadlines.Min();

    public void Start(SessionTimer timer, TimeSpan duration) => _deadlines[(int)timer] = After(time, duration);

    public void Stop(SessionTimer timer) => _deadlines[(int)timer] = null;

    /// <summary>Takes a timer whose deadline has passed; the earliest of them first.</summary>
    public bool TryTakeDue(out SessionTimer timer)
    {
        var earliest = Earliest;
        timer = default;
        if (earliest is null || earliest > time.GetTimestamp())
        {
            return false;
        }

        timer = (SessionTimer)Array.IndexOf(_deadlines, earliest);
        Stop(timer);
        return true;
    }

    /// <summary>A timestamp in the future.</summary>
    public static long After(TimeProvider time, TimeSpan duration) =>
        time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency);
}
