using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib.Views;

/// <summary>Who wants to know the best paths: the node's FIB, a dump, a test. Called on the RIB's thread, so an
/// implementation only notes what changed and returns.</summary>
public interface IBestPathSink
{
    /// <summary>Best paths that changed since the last call. The span is valid during the call only.</summary>
    void OnBestPaths(ReadOnlySpan<BestPathChange> changes);

    /// <summary>Every configured peer of the family has sent its End-of-RIB, or the selection deferral timer ran out
    /// (RFC 4724 §4.1): what has not been announced by now is gone. Called once per family after a start.</summary>
    void OnConverged(AfiSafi family);
}
