using System.Net;
using System.Security.Authentication;
using k8s;
using k8s.Exceptions;
using Microsoft.Extensions.Logging;
using Routing.Agent.Lab.Api;
using Routing.Agent.Options;
using Routing.Agent.PolicyStatus;
using Routing.Tests.KubeApi;
using Routing.Tests.Lab.Api;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.PolicyStatus;

/// <summary>The lease at an API server that does not always give it.</summary>
[TestFixture]
public sealed class LeaseLoopTests
{
    [Test]
    public async Task A_refusal_is_told_of_once_and_tried_again()
    {
        await using var api = await TestApi.StartAsync();
        using var faults = new FaultHandler();
        for (var i = 0; i < 3; i++)
        {
            faults.AnswerNext(HttpStatusCode.Forbidden, "Forbidden", "may not get leases");
        }

        using var client = new Kubernetes(Configuration(api), faults);
        using var log = new LogLines();
        var leadership = new Leadership();
        await using var loop = new RunningLoop(client, leadership, log);

        await leadership.Changed.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.That(leadership.IsHeld, Is.True);
        Assert.That(log.Lines, Has.One.Contains("may not get leases"));
    }

    [Test]
    public async Task A_lost_API_server_ends_it_and_its_return_begins_it_again()
    {
        var options = new LabApiOptions { Listen = new IPEndPoint(IPAddress.Loopback, FreePort.Next()) };
        var api = await TestApi.StartAsync(options);
        using var log = new LogLines();
        var leadership = new Leadership();
        using var client = new Kubernetes(Configuration(api));
        await using var loop = new RunningLoop(client, leadership, log);
        await Until.TrueAsync("it leads", () => leadership.IsHeld);

        await api.DisposeAsync();
        await Until.TrueAsync("it does not lead any more", () => !leadership.IsHeld);

        await using var again = await TestApi.StartAsync(options);
        await Until.TrueAsync("it leads again", () => leadership.IsHeld);
    }

    [Test]
    public async Task Who_ends_lets_go_and_the_next_does_not_wait()
    {
        await using var api = await TestApi.StartAsync();
        using var log = new LogLines();
        using var client = new Kubernetes(Configuration(api));
        var (first, second) = (new Leadership(), new Leadership());
        await using (new RunningLoop(client, first, log, leaseSeconds: 3600))
        {
            await Until.TrueAsync("it leads", () => first.IsHeld);
        }

        await using var next = new RunningLoop(client, second, log, leaseSeconds: 3600);
        await Until.TrueAsync("the next one leads", () => second.IsHeld);
    }

    [TestCaseSource(nameof(Failures))]
    public async Task Whatever_goes_wrong_at_the_API_server_is_told_and_ends_nothing_also_while_it_lets_go(Exception failure)
    {
        await using var api = await TestApi.StartAsync();
        using var faults = new FaultHandler();
        using var client = new Kubernetes(Configuration(api), faults);
        using var log = new LogLines();
        var leadership = new Leadership();
        await using (new RunningLoop(client, leadership, log))
        {
            await Until.TrueAsync("it leads", () => leadership.IsHeld);
            faults.Failure = failure;
            await Until.TrueAsync("it does not lead any more", () => !leadership.IsHeld);
        }

        Assert.That(log.Lines.Where(line => line.Contains("could not be let go of", StringComparison.Ordinal)).Single(), Does.Contain(failure.Message));
    }

    public static IEnumerable<Exception> Failures() =>
    [
        new AuthenticationException("the certificate is another one"), new TimeoutException("too late"), new KubeConfigException("no token"),
        new KubernetesException("not what was asked for"), new TaskCanceledException("HttpClient's own limit"),
    ];

    private static KubernetesClientConfiguration Configuration(TestApi api)
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(api.Kubeconfig);
        configuration.SslCaCerts = null;
        configuration.SkipTlsVerify = true;
        return configuration;
    }

    private sealed class RunningLoop : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public RunningLoop(Kubernetes client, Leadership leadership, LogLines log, int leaseSeconds = 1) // the Lease counts whole seconds
        {
            var options = new ControllerOptions { LeaseDuration = TimeSpan.FromSeconds(leaseSeconds) };
            _running = new LeaseLoop(client, options, leadership, TimeProvider.System, log.Factory.CreateLogger<LeaseLoop>())
                .RunAsync(_stop.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            Assert.That(async () => await _running, Throws.InstanceOf<OperationCanceledException>());
            _stop.Dispose();
        }
    }
}
