using Routing.Policy.Model;

namespace Routing.Agent.Domains;

/// <summary>What a packet says.</summary>
internal sealed class AnswerFindings
{
    /// <summary>The names in use that it is about.</summary>
    public List<DomainPattern> Patterns { get; } = [];

    /// <summary>Something of it is not in force.</summary>
    public bool IsNew { get; set; }

    /// <summary>It may say again what another packet said that waits.</summary>
    public bool MayRepeat { get; set; }
}
