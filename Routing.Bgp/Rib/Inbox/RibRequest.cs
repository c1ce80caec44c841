namespace Routing.Bgp.Rib.Inbox;

/// <summary>Work that only the RIB's owner may do: a change from the speaker, or a query.</summary>
internal abstract class RibRequest
{
    /// <summary>Does it; called on the RIB's thread.</summary>
    public abstract void Run(RibEngine rib);

    /// <summary>The RIB ended before it came to this.</summary>
    public abstract void Cancel();
}
