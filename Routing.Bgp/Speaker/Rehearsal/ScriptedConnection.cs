using System.Buffers.Binary;
using System.Net;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Tcp;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Updates;

namespace Routing.Bgp.Speaker.Rehearsal;

/// <summary>A neighbour that says what it was told to say and counts what it hears.</summary>
/// <param name="local">The speaker's end.</param>
/// <param name="remote">The neighbour's.</param>
/// <param name="script">Everything it says, with pauses; then it is silent until <see cref="Hangup"/>.</param>
internal sealed class ScriptedConnection(IPEndPoint local, IPEndPoint remote, ReadOnlyMemory<byte> script) : IBgpConnection
{
    /// <summary>Said in one breath: the speaker takes what it has as a batch of its own.</summary>
    private const int MostOctetsAtOnce = 4096;

    private readonly TaskCompletionSource _isHeard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(Func<ScriptedConnection, bool> Condition, TaskCompletionSource Met)> _waiting = [];
    private readonly TaskCompletionSource _isOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> _unsaid = script;

    /// <summary>Ends when the speaker has read all of the script.</summary>
    public Task Heard => _isHeard.Task;

    public IPEndPoint LocalEndPoint => local;

    public IPEndPoint RemoteEndPoint => remote;

    public IPAddress? LocalAddressOfOtherFamily => null;

    public string? LocalInterface => null;

    public bool HasUnread => false;

    /// <summary>UPDATEs heard that announce something.</summary>
    public int Announcements { get; private set; }

    /// <summary>Octets of prefixes heard to be withdrawn.</summary>
    public int WithdrawnOctets { get; private set; }

    /// <summary>Ends when the neighbour has heard so much that a condition holds.</summary>
    public Task Hears(Func<ScriptedConnection, bool> condition)
    {
        lock (_waiting)
        {
            var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((condition, met));
            CompleteMet();
            return met.Task;
        }
    }

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

        var count = Math.Min(Math.Min(buffer.Length, _unsaid.Length), MostOctetsAtOnce);
        _unsaid[..count].CopyTo(buffer);
        _unsaid = _unsaid[count..];
        return count;
    }

    public ValueTask WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> buffers, CancellationToken cancellationToken)
    {
        lock (_waiting)
        {
            foreach (var buffer in buffers)
            {
                Listen(buffer.Span);
            }

            CompleteMet();
        }

        return ValueTask.CompletedTask;
    }

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

    /// <summary>Whole messages, as they are written.</summary>
    private void Listen(ReadOnlySpan<byte> messages)
    {
        while (!messages.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(messages[MessageHeader.MarkerLength..]);
            if (messages[MessageHeader.Length - 1] == (byte)MessageType.Update
                && UpdateReader.TrySplit(messages[MessageHeader.Length..length], out var sections, out _))
            {
                Announcements += sections.Nlri.IsEmpty ? 0 : 1;
                WithdrawnOctets += sections.Withdrawn.Length;
            }

            messages = messages[length..];
        }
    }

    private void CompleteMet() => _waiting.RemoveAll(waiting =>
        waiting.Condition(this) && waiting.Met.TrySetResult());
}
