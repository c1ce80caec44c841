using System.Net;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Tcp;

namespace Routing.Bgp.Speaker.Rehearsal;

/// <summary>A neighbour that says what it was told to say and does not listen.</summary>
/// <param name="local">The speaker's end.</param>
/// <param name="remote">The neighbour's.</param>
/// <param name="script">Everything it says; then it is silent until <see cref="Hangup"/>.</param>
internal sealed class ScriptedConnection(IPEndPoint local, IPEndPoint remote, ReadOnlyMemory<byte> script) : IBgpConnection
{
    private readonly TaskCompletionSource _isHeard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _isOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> _unsaid = script;

    /// <summary>Ends when the speaker has read all of the script.</summary>
    public Task Heard => _isHeard.Task;

    public IPEndPoint LocalEndPoint => local;

    public IPEndPoint RemoteEndPoint => remote;

    public IPAddress? LocalAddressOfOtherFamily => null;

    public string? LocalInterface => null;

    public bool HasUnread => !_unsaid.IsEmpty;

    /// <summary>The neighbour closes.</summary>
    public void Hangup() => _isOver.TrySetResult();

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_unsaid.IsEmpty)
        {
            _isHeard.TrySetResult();
            await _isOver.Task.WaitAsync(cancellationToken);
            return 0;
        }

        var count = Math.Min(buffer.Length, _unsaid.Length);
        _unsaid[..count].CopyTo(buffer);
        _unsaid = _unsaid[count..];
        return count;
    }

    public ValueTask WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> buffers, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    public void Apply(ConnectionOptions options)
    {
        // There is no socket.
    }

    public void ChangeKeys(PeerKeys from, PeerKeys to)
    {
        // Nothing is signed.
    }

    public void ShutdownSend() => Hangup();

    public ValueTask DisposeAsync()
    {
        Hangup();
        return ValueTask.CompletedTask;
    }
}
