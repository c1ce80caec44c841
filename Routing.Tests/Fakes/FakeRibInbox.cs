using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Fakes;

/// <summary>A RIB that writes down what it hears, and can be made to stall.</summary>
internal sealed class FakeRibInbox : IRibInbox
{
    private readonly ConcurrentQueue<string> _heard = new();
    private readonly Channel<string> _news = Channel.CreateBounded<string>(10_000);
    private volatile TaskCompletionSource? _stalled;

    /// <summary>The last peer that came up.</summary>
    public PeerUp? Up { get; private set; }

    /// <summary>All that was heard, a line each.</summary>
    public IReadOnlyList<string> Heard => [.. _heard];

    /// <summary>Batches taken.</summary>
    public int Batches { get; private set; }

    /// <summary>Nothing is taken until <see cref="Resume"/>.</summary>
    public void Stall() => _stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume()
    {
        var stalled = _stalled;
        _stalled = null;
        stalled?.SetResult();
    }

    /// <summary>The next thing heard.</summary>
    public async Task<string> NextAsync() =>
        await _news.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public async ValueTask PeerUpAsync(PeerUp up, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        Up = up;
        Note("up");
    }

    public async ValueTask UpdatesAsync(UpdateBatch batch, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        Batches++;
        foreach (var entry in batch.Entries.AsSpan(0, batch.EntryCount).ToArray())
        {
            var prefixes = new List<string>();
            var cursor = new NlriCursor(entry.Family, batch.Octets.AsSpan(entry.NlriOffset, entry.NlriLength));
            while (cursor.TryRead(out var prefix))
            {
                prefixes.Add(prefix.ToString());
            }

            Note($"{entry.Kind} {entry.Family} {string.Join(' ', prefixes)}".TrimEnd());
        }

        UpdateBatchPool.Return(batch);
    }

    public async ValueTask RouteRefreshAsync(
        PeerIndex peer, RouteRefreshMessage request, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        Note($"refresh {request.Family}{string.Concat(request.Filters.Select(filter => $" {filter.Prefix}"))}");
    }

    public async ValueTask RefreshTimeExpiredAsync(
        PeerIndex peer, ImmutableArray<AfiSafi> families, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        Note($"refresh time expired {string.Join(' ', families)}");
    }

    public async ValueTask OutputReadyAsync(PeerIndex peer, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        Note("output ready");
    }

    public async ValueTask PeerDownAsync(
        PeerIndex peer, ImmutableArray<AfiSafi> retain, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        Note(retain.IsEmpty ? "down" : $"down retain {string.Join(' ', retain)}");
    }

    public async ValueTask RestartTimeExpiredAsync(
        PeerIndex peer, ImmutableArray<AfiSafi> families, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        Note($"restart time expired {string.Join(' ', families.Order())}");
    }

    public async ValueTask LongLivedStaleAsync(
        PeerIndex peer, ImmutableArray<AfiSafi> families, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        Note($"kept for long {string.Join(' ', families.Order())}");
    }

    private async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        if (_stalled is { } stalled)
        {
            await stalled.Task.WaitAsync(cancellationToken);
        }
    }

    private void Note(string line)
    {
        _heard.Enqueue(line);
        _news.Writer.TryWrite(line);
    }
}
