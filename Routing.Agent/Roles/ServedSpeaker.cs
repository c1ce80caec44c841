using System.Collections.Immutable;
using Routing.Agent.BgpConfig;
using Routing.Agent.Dataplane.Fib;
using Routing.Agent.Grpc;
using Routing.Agent.Manifests;
using Routing.Bgp.Speaker;

namespace Routing.Agent.Roles;

/// <summary>Owner of a stand-alone speaker: starts it, follows its file, replaces it where a change needs another.</summary>
/// <param name="fib">The kernel's routes, or null when nothing is installed.</param>
/// <param name="interior">Tells how next hops are reached, or null: then all of them are.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">Everybody's loggers.</param>
internal sealed partial class ServedSpeaker(
    FibLoop? fib, InteriorRouteFeed? interior, TimeProvider time, ILoggerFactory loggers) : ISpeakerSource
{
    private readonly ILogger _logger = loggers.CreateLogger<ServedSpeaker>();
    private volatile BgpSpeaker? _speaker;
    private SpeakerConfig? _config;

    /// <inheritdoc/>
    public BgpSpeaker? Current => _speaker;

    /// <inheritdoc/>
    public uint Asn => _config?.Asn ?? 0;

    /// <inheritdoc/>
    public string RouterId => _config?.RouterId.ToString() ?? "";

    /// <inheritdoc/>
    public string NotRunningReason => "it is starting or stopping";

    /// <summary>Starts the first speaker.</summary>
    /// <exception cref="IOException">It cannot listen; the message is one line.</exception>
    public async Task StartAsync(SpeakerConfig config, CancellationToken cancellationToken)
    {
        var speaker = new BgpSpeaker(config, fib is null ? [] : [fib], time, loggers);
        try
        {
            await speaker.StartAsync(cancellationToken);
        }
        catch
        {
            await speaker.DisposeAsync();
            throw;
        }

        (_config, _speaker) = (config, speaker);
        interior?.OnSpeaker(speaker);
        LogServing(config.Asn, config.RouterId.ToString(), config.Peers.Length, config.ListenEndpoints.Length);
    }

    /// <summary>Follows a file that was read again. Whatever is wrong with it, the speaker goes on as it was.</summary>
    public async Task FollowAsync(SpeakerFile file, CancellationToken cancellationToken)
    {
        if (file.Config is not { } config)
        {
            LogErrors(file.Errors);
            return;
        }

        if (file.InstallRoutes != fib is not null)
        {
            LogInstallRoutesChanged(file.InstallRoutes);
        }

        if (BgpSpeaker.CanReconfigure(_config!, config))
        {
            await _speaker!.ConfigureAsync(config, cancellationToken);
            _config = config;
            LogFollowed(config.Peers.Length);
            return;
        }

        await ReplaceAsync(config, cancellationToken);
    }

    /// <summary>Ends the sessions with CEASE.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_speaker is { } speaker)
        {
            await speaker.StopAsync(cancellationToken);
            await speaker.DisposeAsync();
            _speaker = null;
        }
    }

    private async Task ReplaceAsync(SpeakerConfig config, CancellationToken cancellationToken)
    {
        var before = _config!;
        LogReplaced();
        await _speaker!.DisposeAsync();
        fib?.OnSpeakerRestart();
        var isRestarting = fib is not null;
        try
        {
            await StartAsync(config with { Restarting = isRestarting }, cancellationToken);
        }
        catch (IOException e)
        {
            LogCannotReplace(e.Message);
            await StartAsync(before with { Restarting = isRestarting }, cancellationToken);
        }
    }

    private void LogErrors(ImmutableArray<ManifestError> errors)
    {
        foreach (var error in errors)
        {
            LogError(error);
        }
    }

    [LoggerMessage(LogLevel.Information, "AS {Asn}, router id {RouterId}: {Peers} neighbours, listening on {Endpoints} addresses")]
    private partial void LogServing(uint asn, string routerId, int peers, int endpoints);

    [LoggerMessage(LogLevel.Information, "Configuration read again: {Peers} neighbours")]
    private partial void LogFollowed(int peers);

    [LoggerMessage(LogLevel.Error, "Configuration not used: {Reason}")]
    private partial void LogError(ManifestError reason);

    [LoggerMessage(LogLevel.Warning, "installRoutes: {Value} counts from the next start on")]
    private partial void LogInstallRoutesChanged(bool value);

    [LoggerMessage(LogLevel.Information, "This change needs another speaker: all sessions begin anew")]
    private partial void LogReplaced();

    [LoggerMessage(LogLevel.Error, "Back to the configuration before: {Reason}")]
    private partial void LogCannotReplace(string reason);
}
