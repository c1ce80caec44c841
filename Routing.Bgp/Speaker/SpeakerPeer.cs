using System.Net;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Session;

namespace Routing.Bgp.Speaker;

/// <summary>A neighbour with its session.</summary>
/// <param name="config">Its configuration, or that of its range.</param>
/// <param name="index">Its place in the RIB.</param>
/// <param name="address">Its address.</param>
/// <param name="bfd">Its BFD session.</param>
/// <param name="session">Its session.</param>
internal sealed class SpeakerPeer(
    PeerConfig config, PeerIndex index, IPAddress address, PeerBfd bfd, PeerSession session) : IDisposable
{
    private readonly CancellationTokenSource _abort = new();

    /// <summary>As configured last.</summary>
    public PeerConfig Config { get; set; } = config;

    /// <summary>Its place in the RIB.</summary>
    public PeerIndex Index { get; } = index;

    /// <summary>Its address.</summary>
    public IPAddress Address { get; } = address;

    /// <summary>Its BFD session; without one when none is configured.</summary>
    public PeerBfd Bfd { get; } = bfd;

    /// <summary>Its session; another one after a failure.</summary>
    public PeerSession Session { get; set; } = session;

    /// <summary>Why an operator has shut it down; null when none has.</summary>
    public string? ShutdownReason { get; set; }

    /// <summary>An operator is about to take it out of service (RFC 8326).</summary>
    public bool IsDraining { get; set; }

    /// <summary>Cancelled by <see cref="AbortAsync"/>.</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <summary>Inside our AS, in another member AS of our confederation, or outside.</summary>
    public PathSourceKind Kind => Session.Settings.Kind;

    /// <summary>It came out of a range.</summary>
    public bool IsDynamic => Config.AddressRange is not null;

    /// <summary>Name for operators.</summary>
    public string Name => NameOf(Config, Address);

    /// <summary>Runs from the peer's entry into the RIB to its leaving.</summary>
    public Task Running { get; set; } = Task.CompletedTask;

    /// <summary>Its leaving, once it has begun.</summary>
    public Task? Ending { get; set; }

    /// <summary>Tears the session down without a word.</summary>
    public async Task AbortAsync()
    {
        await _abort.CancelAsync();
        await Running;
    }

    /// <inheritdoc/>
    public void Dispose() => _abort.Dispose();

    /// <summary>Name of a neighbour: the configured one, with the address behind it for one of a range.</summary>
    public static string NameOf(PeerConfig config, IPAddress address) =>
        config.AddressRange is null ? config.Name : $"{config.Name}/{address}";
}
