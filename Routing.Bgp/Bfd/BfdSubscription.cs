namespace Routing.Bgp.Bfd;

/// <summary>What a client wants of a session, and the session once the loop has made it.</summary>
internal sealed class BfdSubscription(
    BfdLoop loop, BfdTarget target, BfdOptions options, Action onChange) : IBfdSubscription
{
    private volatile BfdOptions _options = options;
    private volatile BfdSession? _session;
    private volatile bool _isDisposed;

    /// <summary>The other end, and the way to it.</summary>
    public BfdTarget Target => target;

    /// <summary>As asked last.</summary>
    public BfdOptions Options => _options;

    /// <summary>True when the client wants it no more.</summary>
    public bool IsDisposed => _isDisposed;

    /// <summary>Set by the loop.</summary>
    public BfdSession? Session
    {
        get => _session;
        set => _session = value;
    }

    /// <summary>The state that the log has; the loop's alone.</summary>
    public BfdState LoggedState { get; set; } = BfdState.Down;

    /// <inheritdoc/>
    public BfdStatus? Status => _session?.Status;

    /// <summary>Tells the client.</summary>
    public void Notify() => onChange();

    /// <inheritdoc/>
    public void Change(BfdOptions options)
    {
        _options = options;
        loop.Ask(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        loop.Ask(this);
    }
}
