namespace Routing.Agent.Dataplane;

/// <summary>Delays that double from a least to a greatest value until a success.</summary>
internal sealed class Backoff(TimeSpan least, TimeSpan greatest)
{
    /// <summary>Failures since the last success.</summary>
    public int Failures { get; private set; }

    /// <summary>Counts a failure and says how long to wait before the next try.</summary>
    public TimeSpan OnFailure()
    {
        var delay = least * Math.Pow(2, Math.Min(Failures, 30));
        Failures++;
        return delay < greatest ? delay : greatest;
    }

    public void OnSuccess() => Failures = 0;
}
