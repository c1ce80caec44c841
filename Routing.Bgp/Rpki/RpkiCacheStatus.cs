namespace Routing.Bgp.Rpki;

/// <summary>A cache as operators see it.</summary>
public sealed record RpkiCacheStatus
{
    /// <summary>As configured.</summary>
    public required RpkiCacheOptions Cache { get; init; }

    /// <summary>How it stands.</summary>
    public RpkiCacheState State { get; init; }

    /// <summary>When that began.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Its data count: no cache of a lower preference has any.</summary>
    public bool IsUsed { get; init; }

    /// <summary>Protocol version of the data; null without data.</summary>
    public byte? Version { get; init; }

    /// <summary>The cache's session; null without data.</summary>
    public ushort? SessionId { get; init; }

    /// <summary>Serial number of the data; null without data.</summary>
    public uint? Serial { get; init; }

    /// <summary>When they were complete; null without data.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>ROA payloads it has told.</summary>
    public int Vrps { get; init; }

    /// <summary>ASPA payloads it has told.</summary>
    public int Aspas { get; init; }

    /// <summary>Why the last connection ended or the last attempt failed; null when none has.</summary>
    public string? LastError { get; init; }
}
