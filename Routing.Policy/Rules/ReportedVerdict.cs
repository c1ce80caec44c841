namespace Routing.Policy.Rules;

/// <summary>What becomes of a packet that a rule reports.</summary>
public enum ReportedVerdict
{
    /// <summary>It is dropped.</summary>
    Deny,

    /// <summary>It passes this end's policies.</summary>
    Allow,

    /// <summary>Nothing yet: a rule asked for it to be written down (Calico's Log).</summary>
    Log,
}
