namespace Routing.Agent.Dataplane.Barrier;

/// <summary>Stands between two changes of the packet filter, so that no packet meets more than one of them on its way through the
/// rules. Not thread-safe.</summary>
internal interface IPacketBarrier : IDisposable
{
    /// <summary>Begins to wait for the packets that are inside the rules now. Does not block: there may be something to do
    /// meanwhile.</summary>
    void Begin();

    /// <summary>Returns when they have left the rules; at once when nothing was begun.</summary>
    void Wait();
}
