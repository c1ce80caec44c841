using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Updates;

namespace Routing.Bgp.Mrt;

/// <summary>A file as a neighbour of the RIB: it comes up, sends what the file holds, and stays until it is removed. It is
/// told nothing. The RIB's full inbox slows the reading.</summary>
/// <remarks>Judged as an internal peer's, so that LOCAL_PREF and the attributes of reflection are kept as they stand; taken
/// as an external peer's, so that the routes go on to internal peers too.</remarks>
internal sealed partial class MrtSource
{
    private static readonly ImmutableArray<AfiSafi> Families = [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast];

    private const int RecordsPerStatus = 4096;

    private readonly IRibInbox _rib;
    private readonly ILogger<MrtSource> _logger;
    private readonly uint _ownAsn;
    private readonly UpdateIntake _fourOctets;
    private readonly UpdateIntake _twoOctets;
    private UpdateIntake _current;
    private long _records;
    private long _updates;
    private long _refused;
    private volatile MrtSourceStatus _status;

    /// <param name="config">The file.</param>
    /// <param name="index">The source's place in the RIB.</param>
    /// <param name="ownAsn">Our AS.</param>
    /// <param name="rib">Who gets the routes.</param>
    /// <param name="logger">Where it is said what could not be read.</param>
    public MrtSource(MrtSourceConfig config, PeerIndex index, uint ownAsn, IRibInbox rib, ILogger<MrtSource> logger)
    {
        (Config, Index, _ownAsn, _rib, _logger) = (config, index, ownAsn, rib, logger);
        _fourOctets = new UpdateIntake(index, Context(fourOctetAsn: true));
        _twoOctets = new UpdateIntake(index, Context(fourOctetAsn: false));
        _current = _fourOctets;
        _status = new MrtSourceStatus(config.Name, config.File, false, 0, 0, 0, null);
    }

    /// <summary>As configured.</summary>
    public MrtSourceConfig Config { get; }

    /// <summary>Its place in the RIB.</summary>
    public PeerIndex Index { get; }

    /// <summary>Any thread may ask.</summary>
    public MrtSourceStatus Status => _status;

    /// <summary>What the RIB goes by.</summary>
    public RibPeerConfig RibConfig => new()
    {
        Name = Config.Name,
        IsDynamic = true,
        ExportProfile = new ExportProfile { Kind = PathSourceKind.External },
    };

    private static UpdateContext Context(bool fourOctetAsn) =>
        new(Families, isExternal: false, fourOctetAsn, pathIds: []) { Rules = UpdateRules.Archive };

    /// <summary>Reads the file. The routes stay when it has ended.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _rib.PeerUpAsync(Up(), cancellationToken);
            await ReadAsync(cancellationToken);
            _status = _status with { IsDone = true };
            LogRead(Config.Name, _status.Updates, Config.File, _status.Malformed);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            _status = _status with { IsDone = true, Error = e.Message };
            LogFailed(Config.Name, Config.File, e.Message);
        }
        catch (OperationCanceledException)
        {
            // Removed while it was read.
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var updates = new MrtUpdates(Config.Peer);
        await using var reader = MrtReader.Open(File.OpenRead(Config.File));
        try
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                // In the order of the file: what one intake holds goes before what the other takes.
                if (Take(updates, reader) is { } next && (next != _current || next.IsFull))
                {
                    await FlushAsync(_current, cancellationToken);
                    _current = next;
                }

                if (++_records % RecordsPerStatus == 0)
                {
                    Publish(updates);
                }
            }
        }
        finally
        {
            await FlushAsync(_current, cancellationToken); // what was read before the file broke off counts
            Publish(updates);
        }
    }

    /// <summary>Takes one record in.</summary>
    /// <returns>The intake that took it; null when it brings no routes.</returns>
    private UpdateIntake? Take(MrtUpdates updates, MrtReader reader)
    {
        if (!updates.TryConvert(reader.Header, reader.Body.Span, out var update, out var fourOctetAsn))
        {
            return null;
        }

        var intake = fourOctetAsn ? _fourOctets : _twoOctets;
        var outcome = intake.Add(update, out var error);
        if (outcome is UpdateOutcome.SessionReset or UpdateOutcome.TreatAsWithdraw)
        {
            _refused++;
            LogRefused(Config.Name, reader.Offset, error?.Reason);
        }

        _updates++;
        return intake;
    }

    private async ValueTask FlushAsync(UpdateIntake intake, CancellationToken cancellationToken)
    {
        if (intake.HasEntries)
        {
            await _rib.UpdatesAsync(intake.TakeBatch(), cancellationToken);
        }
    }

    private void Publish(MrtUpdates updates) => _status = _status with
    {
        Records = _records,
        Updates = _updates,
        Malformed = updates.Malformed + _refused,
    };

    /// <summary>The greatest identifier: a neighbour's equal path goes before one out of a file.</summary>
    private PeerUp Up() => new()
    {
        Peer = Index,
        Output = null,
        PeerAsn = _ownAsn,
        PeerIdentifier = uint.MaxValue,
        PeerAddress = IPAddress.Any,
        LocalAddress = IPAddress.Any,
        Families = Families,
        FourOctetAsn = true,
        SendsEndOfRib = false,
    };

    [LoggerMessage(LogLevel.Information, "{Peer}: {Updates} updates read from {File}, {Malformed} records not understood")]
    private partial void LogRead(string peer, long updates, string file, long malformed);

    [LoggerMessage(LogLevel.Error, "{Peer}: reading {File} ended early, what was read stays: {Reason}")]
    private partial void LogFailed(string peer, string file, string reason);

    [LoggerMessage(LogLevel.Debug, "{Peer}: the routes of the record at octet {Offset} are treated as withdrawn: {Reason}")]
    private partial void LogRefused(string peer, long offset, string? reason);
}
