using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Tcp;

namespace Routing.Bgp.Speaker.Rehearsal;

/// <summary>One port at which scripted neighbours call.</summary>
/// <param name="mostCalls">Neighbours at most.</param>
internal sealed class ScriptedTransport(int mostCalls) : IBgpTransport, IBgpListener
{
    // As long as the list of neighbours, each of which calls once: never full.
    private readonly Channel<IBgpConnection> _calls = Channel.CreateBounded<IBgpConnection>(mostCalls);

    public IPEndPoint LocalEndPoint { get; private set; } = new(IPAddress.Any, 0);

    /// <summary>A neighbour calls.</summary>
    public ScriptedConnection Call(IPAddress neighbor, ReadOnlyMemory<byte> script)
    {
        var connection = new ScriptedConnection(LocalEndPoint, new IPEndPoint(neighbor, LocalEndPoint.Port), script);
        _calls.Writer.TryWrite(connection);
        return connection;
    }

    public IBgpListener Listen(IPEndPoint local, IReadOnlyDictionary<IPNetwork, PeerKeys>? keys = null)
    {
        LocalEndPoint = local;
        return this;
    }

    public ValueTask<IBgpConnection> ConnectAsync(
        IPEndPoint remote, ConnectionOptions options, CancellationToken cancellationToken) =>
        throw new IOException("the neighbours of a rehearsal call themselves");

    public ImmutableArray<string> SetKeys(IReadOnlyDictionary<IPNetwork, PeerKeys> keys) => [];

    public bool Guards(IPAddress remote) => true;

    public ValueTask<IBgpConnection> AcceptAsync(CancellationToken cancellationToken) =>
        _calls.Reader.ReadAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
