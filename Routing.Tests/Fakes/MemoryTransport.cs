using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Tcp;

namespace Routing.Tests.Fakes;

/// <summary>TCP in memory: connects to listeners of the same object by end point, and refuses where nobody
/// listens.</summary>
internal sealed class MemoryTransport : IBgpTransport
{
    private readonly Dictionary<IPEndPoint, MemoryListener> _listeners = [];
    private int _port = 40000;

    /// <summary>Our address when a connection has no source.</summary>
    public IPAddress DefaultSource { get; init; } = IPAddress.Parse("10.0.0.1");

    /// <summary>How often somebody tried to connect.</summary>
    public int Attempts { get; private set; }

    public ValueTask<IBgpConnection> ConnectAsync(
        IPEndPoint remote, ConnectionOptions options, CancellationToken cancellationToken)
    {
        lock (_listeners)
        {
            Attempts++;
            var local = new IPEndPoint(options.Source ?? DefaultSource, _port++);
            if (!_listeners.TryGetValue(remote, out var listener))
            {
                throw new IOException($"connect to {remote}: refused");
            }

            var (ours, theirs) = MemoryConnection.NewPair(local, remote);
            listener.Accepted.Writer.TryWrite(theirs);
            return ValueTask.FromResult<IBgpConnection>(ours);
        }
    }

    public IBgpListener Listen(IPEndPoint local, IReadOnlyDictionary<IPNetwork, PeerKeys>? keys = null)
    {
        lock (_listeners)
        {
            var listener = new MemoryListener(this, local);
            if (!_listeners.TryAdd(local, listener))
            {
                throw new IOException($"cannot listen on {local}: the port is in use");
            }

            return listener;
        }
    }

    private sealed class MemoryListener(MemoryTransport owner, IPEndPoint local) : IBgpListener
    {
        public Channel<IBgpConnection> Accepted { get; } = Channel.CreateBounded<IBgpConnection>(64);

        public IPEndPoint LocalEndPoint => local;

        public ImmutableArray<string> SetKeys(IReadOnlyDictionary<IPNetwork, PeerKeys> keys) => [];

        public bool Guards(IPAddress remote) => true;

        public ValueTask<IBgpConnection> AcceptAsync(CancellationToken cancellationToken) =>
            Accepted.Reader.ReadAsync(cancellationToken);

        public ValueTask DisposeAsync()
        {
            lock (owner._listeners)
            {
                owner._listeners.Remove(local);
            }

            Accepted.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }
    }
}
