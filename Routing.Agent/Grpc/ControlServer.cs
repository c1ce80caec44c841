using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Routing.Agent.Cli;

namespace Routing.Agent.Grpc;

/// <summary>Kestrel for a daemon: gRPC on a Unix socket that root alone may open, and when asked for plain HTTP pages
/// on a TCP port. The caller adds services and routes; nothing is decided here.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ControlServer(WebApplication application) => _application = application;

    /// <summary>Starts listening.</summary>
    /// <param name="socketPath">The Unix socket; a file of an earlier process is taken away. The caller makes sure that
    /// no living process uses it. Null for none.</param>
    /// <param name="httpEndpoint">Where the pages are; null for nowhere.</param>
    /// <param name="loggers">Kestrel's and the services' loggers; borrowed.</param>
    /// <param name="addServices">Registers what the gRPC services need.</param>
    /// <param name="mapRoutes">Maps services and pages.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="UserErrorException">The port or the socket cannot be had.</exception>
    public static async Task<ControlServer> StartAsync(
        string? socketPath, IPEndPoint? httpEndpoint, ILoggerFactory loggers, Action<IServiceCollection> addServices,
        Action<WebApplication> mapRoutes, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddGrpc();
        builder.Services.Configure<SocketTransportOptions>(options => options.CreateBoundListenSocket = Bind);
        builder.WebHost.ConfigureKestrel(options =>
        {
            if (socketPath is not null)
            {
                options.ListenUnixSocket(socketPath, listen => listen.Protocols = HttpProtocols.Http2);
            }

            if (httpEndpoint is not null)
            {
                options.Listen(httpEndpoint, listen => listen.Protocols = HttpProtocols.Http1);
            }
        });
        addServices(builder.Services);
        var application = builder.Build();
        mapRoutes(application);
        try
        {
            await application.StartAsync(cancellationToken);
            return new ControlServer(application);
        }
        catch (IOException e)
        {
            await application.DisposeAsync();
            throw e.InnerException is AddressInUseException
                ? new UserErrorException(
                    $"{httpEndpoint} is in use: stop what listens there, or choose another port with --metrics-port")
                : new UserErrorException($"cannot listen: {e.Message}");
        }
        catch (SocketException e)
        {
            await application.DisposeAsync();
            throw new UserErrorException($"cannot listen on {httpEndpoint}: {e.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A watcher of a stream would otherwise hold the process for the host's 30 s.
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _application.StopAsync(atOnce.Token);
        await _application.DisposeAsync();
    }

    /// <summary>Binds as Kestrel would, but gives a Unix socket its mode before anyone can connect: connections are
    /// refused until listen(2), which comes later.</summary>
    private static Socket Bind(EndPoint endpoint)
    {
        if (endpoint is not UnixDomainSocketEndPoint unix)
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }

        var path = unix.ToString()!;
        File.Delete(path);
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return socket;
    }

    /// <summary>Signals are the command line's, which cancels the verb; the host must not answer them as
    /// well.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
