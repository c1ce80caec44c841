using System.Threading.Channels;

namespace Routing.Agent.Dataplane;

/// <summary>Wakes one loop: any number of <see cref="Set"/> calls before it looks are one wake-up.</summary>
internal sealed class WakeSignal
{
    // One place, and a second token is dropped: the loop reads state, the token only says "look".
    private readonly Channel<bool> _token = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Wakes the loop; cheap, never blocks, from any thread.</summary>
    public void Set() => _token.Writer.TryWrite(true);

    /// <summary>Completes at the first <see cref="Set"/> since the last call completed.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _token.Reader.ReadAsync(cancellationToken);
}
