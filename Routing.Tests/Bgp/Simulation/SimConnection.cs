namespace Routing.Tests.Bgp.Simulation;

/// <summary>A TCP connection between two sessions.</summary>
internal sealed class SimConnection(SimScheduler scheduler, SimSession caller, SimSession listener)
{
    private readonly SimPipe _toListener = new(scheduler, caller, listener);
    private readonly SimPipe _toCaller = new(scheduler, listener, caller);

    public SimPipe From(SimSession session) => session == caller ? _toListener : _toCaller;

    public SimPipe To(SimSession session) => session == caller ? _toCaller : _toListener;

    /// <summary>One side closes, in order or by dying; the other side sees the end either way.</summary>
    public void Close(SimSession by)
    {
        To(by).Break();
        From(by).End();
    }

    /// <summary>The link is cut: both sides may wait for each other until something tells them.</summary>
    public void Break()
    {
        _toListener.Break();
        _toCaller.Break();
    }
}
