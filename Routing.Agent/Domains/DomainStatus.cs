namespace Routing.Agent.Domains;

/// <summary>How names fare.</summary>
internal sealed record DomainStatus
{
    /// <summary>Addresses that names stand for now.</summary>
    public int Addresses { get; init; }

    /// <summary>Answers about names in use.</summary>
    public long Answers { get; init; }

    /// <summary>Of these, how many went on before what they said was in force: it took too long.</summary>
    public long Late { get; init; }

    /// <summary>Why answers are not seen; null when they are.</summary>
    public string? Problem { get; init; }
}
