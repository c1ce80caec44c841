namespace Routing.Bgp.Rpki;

/// <summary>How it stands with a cache.</summary>
public enum RpkiCacheState : byte
{
    /// <summary>No connection; the next attempt comes by itself.</summary>
    Waiting,

    /// <summary>An attempt to connect is under way.</summary>
    Connecting,

    /// <summary>Connected, and waiting for data.</summary>
    Synchronizing,

    /// <summary>Connected, and its data are complete.</summary>
    Synchronized,
}
