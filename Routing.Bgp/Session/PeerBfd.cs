using Routing.Bgp.Bfd;

namespace Routing.Bgp.Session;

/// <summary>The BFD session beside a BGP session (RFC 5882 §10.2): the speaker configures it, the <see cref="PeerSession"/>
/// of the moment watches it. It outlives BGP sessions, so that a path that has come back is known to be well before BGP is.
/// Any thread may use it.</summary>
/// <param name="service">Runs it.</param>
/// <param name="target">The peer, and the way to it.</param>
internal sealed class PeerBfd(IBfdService service, BfdTarget target)
{
    private readonly Lock _gate = new();
    private volatile IBfdSubscription? _subscription;
    private volatile Action? _watcher;

    /// <summary>As configured last; null without BFD.</summary>
    public BfdOptions? Options { get; private set; }

    /// <summary>The session at this moment; null without BFD, and before it has begun.</summary>
    public BfdStatus? Status => _subscription?.Status;

    /// <summary>Begins, changes or ends the session. One that goes on keeps its state.</summary>
    public void Configure(BfdOptions? options)
    {
        lock (_gate)
        {
            var before = Options;
            Options = options;
            if (options is null || before?.Multihop != options.Multihop)
            {
                _subscription?.Dispose();
                _subscription = options is null ? null : service.Open(target, options, OnChange);
            }
            else if (options != before)
            {
                _subscription!.Change(options);
            }
        }
    }

    /// <summary>Who is told of changes; the last one asked counts.</summary>
    /// <param name="watcher">Called from a thread that must not be kept.</param>
    public void Watch(Action watcher) => _watcher = watcher;

    private void OnChange() => _watcher?.Invoke();
}
