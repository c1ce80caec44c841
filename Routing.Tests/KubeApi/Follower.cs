using System.Collections.Concurrent;
using System.Net;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.KubeApi;
using Routing.Tests.Lab.Api;

namespace Routing.Tests.KubeApi;

/// <summary>A watch with the consumer its contract describes: a dictionary that applies the events in order.</summary>
internal sealed class Follower<T> : IAsyncDisposable
    where T : IKubernetesObject<V1ObjectMeta>
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _mayConsume;
    private readonly Kubernetes _client;
    private readonly Task _consumer;

    /// <param name="api">What to follow.</param>
    /// <param name="options">See <see cref="ResourceWatchOptions"/>.</param>
    /// <param name="time">The watch's clock.</param>
    /// <param name="paused">The consumer takes nothing until <see cref="Consume"/>.</param>
    /// <param name="answer">The first request is answered with this instead of being sent.</param>
    public Follower(
        TestApi api,
        ResourceWatchOptions? options = null,
        TimeProvider? time = null,
        bool paused = false,
        HttpStatusCode? answer = null)
    {
        if (answer is { } status)
        {
            Faults.AnswerNext(status);
        }

        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(api.Kubeconfig);
        configuration.SslCaCerts = null;
        configuration.SkipTlsVerify = true; // a server begun anew on the same port has a new certificate
        _client = new Kubernetes(configuration, Faults);
        options ??= new ResourceWatchOptions();
        Watch = new ResourceWatch<T>(
            _client,
            options with { FirstBackoff = TimeSpan.FromMilliseconds(1), MaxBackoff = TimeSpan.FromMilliseconds(20) },
            NullLogger.Instance,
            time ?? TimeProvider.System);
        _mayConsume = new SemaphoreSlim(paused ? 0 : int.MaxValue / 2);
        Loop = Watch.RunAsync(_stop.Token);
        _consumer = ConsumeAsync();
    }

    public ResourceWatch<T> Watch { get; }

    public FaultHandler Faults { get; } = new();

    /// <summary>The watch's own task.</summary>
    public Task Loop { get; }

    /// <summary>Every event so far, as kind and names.</summary>
    public ConcurrentQueue<string> Events { get; } = new();

    /// <summary>Objects by namespace/name, at their resourceVersion.</summary>
    public ConcurrentDictionary<string, string> State { get; } = new();

    public void Consume(int events) => _mayConsume.Release(events);

    public Task SeesAsync(string @event) => Until.TrueAsync($"{@event} after {string.Join("; ", Events)}", () => Events.Contains(@event));

    public Task ConnectedAsync() => Until.TrueAsync("the watch is open", () => Watch.State.Connected);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Loop.ContinueWith(_ => { }, TaskScheduler.Default);
        _mayConsume.Release(1_000_000);
        await _consumer;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _stop.Dispose();
        _mayConsume.Dispose();
    }

    private static string NameOf(T item) =>
        item.Metadata.NamespaceProperty is { } space ? $"{space}/{item.Metadata.Name}" : item.Metadata.Name;

    private async Task ConsumeAsync()
    {
        while (await Watch.Events.WaitToReadAsync())
        {
            await _mayConsume.WaitAsync();
            if (Watch.Events.TryRead(out var next))
            {
                Apply(next);
            }
        }
    }

    private void Apply(ResourceEvent<T> next)
    {
        switch (next)
        {
            case ResourceEvent<T>.Replaced all:
                var kept = all.Items.Select(NameOf).ToHashSet();
                foreach (var gone in State.Keys.Where(name => !kept.Contains(name)))
                {
                    State.TryRemove(gone, out _);
                }

                foreach (var item in all.Items)
                {
                    State[NameOf(item)] = item.Metadata.ResourceVersion;
                }

                Events.Enqueue("Replaced " + string.Join(',', all.Items.Select(NameOf)));
                break;
            case ResourceEvent<T>.Upserted changed:
                State[NameOf(changed.Item)] = changed.Item.Metadata.ResourceVersion;
                Events.Enqueue("Upserted " + NameOf(changed.Item));
                break;
            case ResourceEvent<T>.Deleted gone:
                State.TryRemove(NameOf(gone.Item), out _);
                Events.Enqueue("Deleted " + NameOf(gone.Item));
                break;
        }
    }
}
