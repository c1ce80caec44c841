using System.Net;
using Routing.Bgp.Bfd;

namespace Routing.Tests.Fakes;

/// <summary>BFD whose sessions are as the test says.</summary>
internal sealed class FakeBfd : IBfdService
{
    /// <summary>The session opened last.</summary>
    public Subscription? Current { get; private set; }

    /// <summary>Sessions opened so far.</summary>
    public int Opened { get; private set; }

    public IBfdSubscription Open(BfdTarget target, BfdOptions options, Action onChange)
    {
        Opened++;
        return Current = new Subscription(target.Remote, options, onChange);
    }

    internal sealed class Subscription(IPAddress remote, BfdOptions options, Action onChange) : IBfdSubscription
    {
        private volatile BfdStatus _status = new() { Remote = remote, State = BfdState.Down };

        public BfdStatus Status => _status;

        public BfdOptions Options { get; private set; } = options;

        public bool IsDisposed { get; private set; }

        /// <summary>Changes what is seen of it, and says so.</summary>
        public void Become(Func<BfdStatus, BfdStatus> change)
        {
            _status = change(_status);
            onChange();
        }

        /// <summary>The path fails.</summary>
        public void Fail() => Become(status => status with
        {
            State = BfdState.Down,
            Failures = status.Failures + 1,
            Diagnostic = BfdDiagnostic.ControlDetectionTimeExpired,
        });

        public void Change(BfdOptions options) => Options = options;

        public void Dispose() => IsDisposed = true;
    }
}
