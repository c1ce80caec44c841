using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Rpki.Rtr;

namespace Routing.Bgp.Rpki;

/// <summary>Owner of what is known from the RPKI: puts together what the caches and the configuration say, and tells the RIB
/// when that has changed.</summary>
/// <param name="ownAsn">Our AS.</param>
/// <param name="publish">Takes a change; the next one waits until it has.</param>
internal sealed class RpkiService(
    uint ownAsn,
    Func<RpkiChange, CancellationToken, Task> publish,
    IRtrTransport transport,
    TimeProvider time,
    ILoggerFactory loggers) : IAsyncDisposable
{
    // Full: there is a change to look at already, and looking finds this one too.
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<RpkiCacheOptions, (RtrClient Client, CancellationTokenSource Stop, Task Running)> _caches = [];
    private RpkiOptions _options = new();
    private volatile RpkiView _view = new(RoaTable.Empty, AspaTable.Empty, ownAsn);
    private Task _running = Task.CompletedTask;
    private Task _endings = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Sources and tables at this moment.</summary>
    public RpkiStatus Status
    {
        get
        {
            var clients = Clients();
            var used = Used(clients);
            var view = _view;
            return new RpkiStatus
            {
                Caches = [.. clients.Select(client => client.Status with { IsUsed = used.Contains(client) })],
                IPv4Vrps = view.Roas.IPv4Count,
                IPv6Vrps = view.Roas.IPv6Count,
                Aspas = view.Aspas.Count,
            };
        }
    }

    /// <summary>Begins to follow the sources.</summary>
    public void Start(RpkiOptions options)
    {
        _running = RunAsync(_stopping.Token);
        Configure(options);
    }

    /// <summary>Follows other sources; caches that stay keep their connections.</summary>
    public void Configure(RpkiOptions options)
    {
        lock (_gate)
        {
            _options = options;
            foreach (var cache in _caches.Keys.Except(options.Caches).ToList())
            {
                _caches.Remove(cache, out var entry);
                _endings = Task.WhenAll(_endings, EndAsync(entry.Stop, entry.Running));
            }

            foreach (var cache in options.Caches.Except(_caches.Keys).ToList())
            {
                var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                var client = new RtrClient(cache, transport, time, loggers.CreateLogger<RtrClient>(), OnChange);
                _caches.Add(cache, (client, stop, client.RunAsync(stop.Token)));
            }
        }

        OnChange();
    }

    /// <summary>Ends all connections; also a second time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Configure(new RpkiOptions());
        await _stopping.CancelAsync();
        await _running;
        await _endings;
        _stopping.Dispose();
    }

    private static async Task EndAsync(CancellationTokenSource stop, Task running)
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private void OnChange() => _changes.Writer.TryWrite(true);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _changes.Reader.WaitToReadAsync(cancellationToken))
            {
                _changes.Reader.TryRead(out _);
                var before = _view;
                var view = Merge();
                var changed = RoaTable.Difference(before.Roas, view.Roas);
                var aspasChanged = !before.Aspas.HasSameAs(view.Aspas);
                if (!changed.Payloads.IsEmpty || aspasChanged)
                {
                    _view = view;
                    await publish(new RpkiChange(view, changed, aspasChanged), cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The speaker ends.
        }
    }

    private RpkiView Merge()
    {
        RpkiOptions options;
        lock (_gate)
        {
            options = _options;
        }

        var sets = Used(Clients()).Select(client => client.Data).OfType<RtrData>().ToList();
        return new RpkiView(
            RoaTable.Create(sets.SelectMany(set => set.Vrps).Concat(options.Roas)),
            AspaTable.Create(sets.SelectMany(set => set.Aspas.Values).Concat(options.Aspas)),
            ownAsn);
    }

    private ImmutableArray<RtrClient> Clients()
    {
        lock (_gate)
        {
            return [.. _options.Caches.Distinct().Select(cache => _caches[cache].Client)];
        }
    }

    /// <summary>RFC 8210 §10: those of the best preference that has data, together; validation makes no difference between
    /// them.</summary>
    private static ImmutableArray<RtrClient> Used(ImmutableArray<RtrClient> clients) =>
    [
        .. clients.Where(client => client.Data is not null)
            .GroupBy(client => client.Options.Preference)
            .MinBy(group => group.Key) ?? Enumerable.Empty<RtrClient>(),
    ];
}
