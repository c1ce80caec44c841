using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Lab.Api.Discovery;
using Routing.Agent.Lab.Api.Http;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Storage;
using Routing.Agent.Lab.Api.Validation;
using Routing.Agent.Lab.Api.Writing;

namespace Routing.Agent.Lab.Api;

/// <summary>A Kubernetes API in this process, for kubectl and KubernetesClient: discovery, the kinds of a lab and a chart, custom
/// resources, patches, watches. In memory only; nothing schedules, runs or garbage-collects.</summary>
/// <remarks>Differs from a real cluster where a kubelet or a controller would act: DELETE of a pod removes it at once, whatever
/// grace was asked for; a Deployment makes no pods; ownerReferences are kept and not followed.</remarks>
public sealed class LabApiServer : IAsyncDisposable
{
    private readonly LabApiOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly X509Certificate2 _certificate = ServingCertificate.Create();
    private readonly WebApplication _application;
    private readonly ObjectWriter _writer;
    private int _disposed;

    private LabApiServer(LabApiOptions options, ILoggerFactory loggers)
    {
        _options = options;
        var time = options.Time;
        Store = new ObjectStore(options.HistorySize, options.FirstResourceVersion ?? time.GetUtcNow().ToUnixTimeMilliseconds());
        var registry = new KindRegistry();
        var context = new WriteContext(Store, registry, time);
        _writer = new ObjectWriter(context);
        var deleter = new ObjectDeleter(context);
        Store.Committed = new StoreReactions(registry, deleter).React;
        var resources = new ResourceEndpoint(
            Store, registry, _writer, deleter,
            new ListEndpoint(Store, time), new WatchEndpoint(Store, time, options.BookmarkInterval), time);
        var dispatcher = new Dispatcher(
            new Authentication(options.Token), registry, new DiscoveryEndpoint(registry), new OpenApiEndpoint(registry), resources,
            options.Audit, loggers.CreateLogger<LabApiServer>(), _stopping.Token);
        _application = Build(options, loggers, dispatcher, _certificate);
    }

    /// <summary>Where it answers in this process's namespace.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>The bearer token.</summary>
    public string Token => _options.Token;

    /// <summary>What clients must trust; the kubeconfig names it.</summary>
    public X509Certificate2 Certificate => _certificate;

    /// <summary>For tests: the store behind the API.</summary>
    internal ObjectStore Store { get; }

    /// <summary>Begins to serve, with the namespaces every cluster has.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<LabApiServer> StartAsync(
        LabApiOptions options, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
    {
        var server = new LabApiServer(options, loggers ?? NullLoggerFactory.Instance);
        try
        {
            server.CreateNamespaces();
            await server._application.StartAsync(cancellationToken).ConfigureAwait(false);
            var addresses = server._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
            server.Endpoint = new Uri(addresses!.Addresses.First(address => address.StartsWith("https://", StringComparison.Ordinal)));
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes a kubeconfig with the token, readable by its owner only.</summary>
    /// <param name="path">Replaced if it exists.</param>
    /// <param name="serverUrl">As its reader reaches the server; null for <see cref="Endpoint"/>.</param>
    public void WriteKubeconfig(string path, Uri? serverUrl = null) =>
        Kubeconfig.Write(path, serverUrl ?? Endpoint, _certificate, _options.Token);

    /// <summary>Ends every watch and request, and closes all sockets.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
        _certificate.Dispose();
    }

    private static WebApplication Build(
        LabApiOptions options, ILoggerFactory loggers, Dispatcher dispatcher, X509Certificate2 certificate)
    {
        // The empty builder reads no environment, arguments or files: nothing outside decides how the lab listens.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            kestrel.Limits.MinResponseDataRate = null; // a quiet or slow watcher is no attack
            kestrel.Listen(options.Listen, listen => listen.UseHttps(certificate));
            foreach (var handle in options.ListenHandles)
            {
                kestrel.ListenHandle((ulong)handle, listen => listen.UseHttps(certificate));
            }
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var application = builder.Build();
        application.Run(dispatcher.HandleAsync);
        return application;
    }

    private void CreateNamespaces()
    {
        foreach (var name in (ReadOnlySpan<string>)["kube-system", "kube-public", "default", "kube-node-lease"])
        {
            _writer.Create(
                BuiltInKinds.Namespace,
                "",
                new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } },
                new WriteOptions { Manager = "kube-apiserver" });
        }
    }
}
