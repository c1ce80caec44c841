namespace Routing.Bgp.Rib;

/// <summary>Whose End-of-RIB of one family a start still waits for (RFC 4724 §4.1).</summary>
internal sealed class Convergence
{
    private readonly HashSet<PeerIndex> _awaited = [];

    /// <summary>The wait is over; it never begins again.</summary>
    public bool IsDone { get; private set; }

    /// <summary>A peer was configured before the start.</summary>
    public void Await(PeerIndex peer)
    {
        if (!IsDone)
        {
            _awaited.Add(peer);
        }
    }

    /// <summary>The peer has sent its routes, or will not say when it has.</summary>
    public void Forget(PeerIndex peer) => _awaited.Remove(peer);

    /// <summary>Ends the wait when nobody is awaited.</summary>
    /// <param name="deadlinePassed">Ends it in any case.</param>
    /// <returns>True when this call ended it.</returns>
    public bool TryEnd(bool deadlinePassed)
    {
        if (IsDone || (_awaited.Count > 0 && !deadlinePassed))
        {
            return false;
        }

        return IsDone = true;
    }
}
