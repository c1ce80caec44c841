namespace Routing.Bgp.Bmp;

/// <summary>A station at one moment.</summary>
public sealed record BmpStationStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens, or where we do.</summary>
    public required string EndPoint { get; init; }

    /// <summary>The connection stands.</summary>
    public bool IsConnected { get; init; }

    /// <summary>Since when it stands, or is gone.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Connections that stood so far.</summary>
    public int Connections { get; init; }

    /// <summary>Octets sent, over all connections.</summary>
    public long OctetsSent { get; init; }

    /// <summary>Why the last connection ended or could not be made; null when none has.</summary>
    public string? LastError { get; init; }
}
