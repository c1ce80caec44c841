using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Options;
using Routing.Agent.Roles;
using Routing.Tests.Lab.Api;

namespace Routing.Tests.Agent.PolicyStatus;

/// <summary>A controller inside the test's process, with a lease that is soon lost and writes that are not paced.</summary>
internal sealed class RunningController : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ControllerOptions _options = new()
    {
        LeaseDuration = TimeSpan.FromSeconds(1), // the Lease's field counts whole seconds
        Status = new StatusOptions { Interval = TimeSpan.FromMilliseconds(1) },
    };

    private readonly Kubernetes _client;
    private readonly Task<int> _running;

    public RunningController(TestApi api)
    {
        _client = api.Client();
        _running = new ControllerRole(_options, _client, NullLoggerFactory.Instance, TimeProvider.System).RunAsync(_stop.Token);
    }

    /// <summary>What stands in the lease while it leads.</summary>
    public string Identity => _options.Identity;

    /// <summary>Ends it; also a second time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        Assert.That(await _running, Is.Zero, "it was asked to end, and nothing had died");
        _client.Dispose();
        _stop.Dispose();
    }
}
