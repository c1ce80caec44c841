using System.Net;
using System.Runtime.InteropServices;
using Routing.Agent.BgpConfig;
using Routing.Agent.Cli;
using Routing.Agent.Dataplane;
using Routing.Agent.Grpc;
using Routing.Agent.Logging;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink;
using Routing.Agent.Options;
using Routing.Bgp.Speaker;
using Serilog.Events;

namespace Routing.Agent.Roles;

/// <summary>`routing bgp serve`: a speaker without Kubernetes. SIGTERM and Ctrl-C end its sessions with CEASE; SIGHUP reads
/// its file again.</summary>
internal static class BgpServeRole
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Runs until cancelled.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="file">The file, without errors.</param>
    /// <param name="cancellationToken">Asks the speaker to stop.</param>
    /// <returns>The exit code: 0 when asked to stop, 1 when a part died.</returns>
    /// <exception cref="UserErrorException">A port or socket cannot be had, or the kernel refuses.</exception>
    public static async Task<int> RunAsync(
        BgpServeOptions options, SpeakerFile file, CancellationToken cancellationToken)
    {
        if (file.InstallRoutes && !Environment.IsPrivilegedProcess)
        {
            throw new UserErrorException(
                $"{options.ConfigFile}: installRoutes: true changes the kernel's routes: run as root, or set it to false");
        }

        using var log = new AgentLog(Enum.Parse<LogEventLevel>(options.LogLevel));
        try
        {
            return await RunAsync(options, file, log.Factory, cancellationToken);
        }
        catch (Exception e) when (e is IOException or NetlinkException)
        {
            throw new UserErrorException(e.Message);
        }
    }

    private static async Task<int> RunAsync(
        BgpServeOptions options, SpeakerFile file, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        using var fib = file.InstallRoutes ? KernelFib.Open(time, loggers) : null;
        await using var supervisor = new Supervisor(StopTimeout, time, loggers.CreateLogger<Supervisor>());
        var speaker = new ServedSpeaker(fib?.Loop, fib?.Interior, time, loggers);
        var sample = new BgpSample(speaker);
        using var metrics = new BgpMetrics(sample);
        await using var server = await StartServerAsync(options, speaker, sample, loggers, cancellationToken);

        // Routes of an earlier process still forward: that is a graceful restart (RFC 4724 §4.1).
        await speaker.StartAsync(file.Config! with { Restarting = fib?.Loop.InheritedRoutes == true }, cancellationToken);
        fib?.Start(supervisor);

        var reload = new WakeSignal();
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            reload.Set();
        });
        supervisor.Start("configuration", async stop =>
        {
            while (true)
            {
                await reload.WaitAsync(stop);
                await speaker.FollowAsync(SpeakerFile.Read(options.ConfigFile), stop);
            }
        });
        supervisor.Start("rehearsal", async stop =>
        {
            await SpeakerRehearsal.RunAsync(time, stop);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
        });
        supervisor.Start("speaker", stop => WatchAsync(speaker, stop));

        var asked = await supervisor.WaitAsync(cancellationToken);
        await speaker.StopAsync(CancellationToken.None);
        if (fib is not null && asked)
        {
            await fib.WaitUntilEmptyAsync(CancellationToken.None);
        }

        return asked ? ExitCode.Success : ExitCode.Failed;
    }

    private static async Task<ControlServer?> StartServerAsync(
        BgpServeOptions options, ServedSpeaker speaker, BgpSample sample, ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        if (options.SocketPath is null && options.MetricsPort is null)
        {
            return null;
        }

        return await ControlServer.StartAsync(
            options.SocketPath,
            options.MetricsPort is { } port ? new IPEndPoint(options.MetricsAddress, port) : null,
            loggers,
            services => services.AddSingleton(TimeProvider.System).AddSingleton<ISpeakerSource>(speaker),
            application =>
            {
                application.MapGrpcService<BgpGrpcService>();
                MetricsPage.Map(application, sample.RefreshAsync);
            },
            cancellationToken);
    }

    /// <summary>Ends when the RIB of the running speaker dies; a speaker that is replaced ends without harm.</summary>
    private static async Task WatchAsync(ServedSpeaker speaker, CancellationToken cancellationToken)
    {
        while (true)
        {
            var watched = speaker.Current;
            await (watched?.Completion ?? Task.CompletedTask).WaitAsync(cancellationToken);
            while (speaker.Current == watched)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            }
        }
    }
}
