namespace Routing.Agent.Domains;

/// <summary>How names fare.</summary>
internal sealed record DomainStatus
{
    /// <summary>Names and wildcards that stand for something now.</summary>
    public int Names { get; init; }

    /// <summary>Addresses that names stand for now.</summary>
    public int Addresses { get; init; }

    /// <summary>Answers about names in use.</summary>
    public long Answers { get; init; }

    /// <summary>Packets with answers that went on before what they said was in force: it took too long.</summary>
    public long Late { get; init; }

    /// <summary>TCP connections of servers that are followed.</summary>
    public int Connections { get; init; }

    /// <summary>Packets that went on unread: there was no room for them, or they were of a TCP connection that is not
    /// followed.</summary>
    public long Unread { get; init; }

    /// <summary>Why answers are not seen; null when they are.</summary>
    public string? Problem { get; init; }
}
