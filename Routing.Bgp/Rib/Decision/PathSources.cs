namespace Routing.Bgp.Rib.Decision;

/// <summary>The <see cref="PathSource"/> of every peer by its index; kept through a peer's restart, as its stale paths go
/// on taking part in decisions.</summary>
internal sealed class PathSources
{
    private PathSource[] _sources = new PathSource[16];

    /// <summary>The source of paths of this peer.</summary>
    public ref readonly PathSource this[ushort peer] => ref _sources[peer];

    /// <summary>Notes what is known of a peer.</summary>
    public void Set(PeerIndex peer, PathSource source)
    {
        if (peer.Value >= _sources.Length)
        {
            Array.Resize(ref _sources, Math.Max(_sources.Length * 2, peer.Value + 1));
        }

        _sources[peer.Value] = source;
    }
}
