namespace Routing.Tests.Bgp.Simulation;

/// <summary>The scheduler's time for code that asks a clock.</summary>
internal sealed class SimTime(SimScheduler scheduler) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => scheduler.Now.Ticks;
}
