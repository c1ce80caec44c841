namespace Routing.Agent.Lint;

/// <summary>How much a finding matters.</summary>
internal enum LintSeverity
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>Hardly meant.</summary>
    Warning,
}
