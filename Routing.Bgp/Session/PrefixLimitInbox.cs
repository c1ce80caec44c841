using Routing.Bgp.Rib;

namespace Routing.Bgp.Session;

/// <summary>Where the RIB leaves what it has to say about one connection's prefixes, without waiting for the session.</summary>
/// <param name="wake">Makes the session's loop look.</param>
internal sealed class PrefixLimitInbox(Action wake) : IPrefixLimitObserver
{
    private PrefixLimitNotice? _notice;

    /// <inheritdoc/>
    public void OnPrefixLimit(PrefixLimitNotice notice)
    {
        // What ends the session goes before a warning, whichever came first.
        if (notice.EndsSession)
        {
            Interlocked.Exchange(ref _notice, notice);
        }
        else
        {
            Interlocked.CompareExchange(ref _notice, notice, null);
        }

        wake();
    }

    /// <summary>What is there, once.</summary>
    public PrefixLimitNotice? Take() => Interlocked.Exchange(ref _notice, null);
}
