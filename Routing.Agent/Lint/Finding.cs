namespace Routing.Agent.Lint;

/// <summary>Something that is allowed but hardly meant.</summary>
/// <param name="Code">What.</param>
/// <param name="Kind">Kind of the object.</param>
/// <param name="Name">"namespace/name", or a name of what is cluster-wide.</param>
/// <param name="Field">Where in the object; empty for all of it.</param>
/// <param name="File">Where it stands; empty for an object of the API server.</param>
/// <param name="Line">From 1; 0 for an object of the API server.</param>
/// <param name="Message">A sentence.</param>
internal sealed record Finding(LintCode Code, string Kind, string Name, string Field, string File, int Line, string Message)
{
    /// <summary>As compilers write it.</summary>
    public override string ToString() =>
        $"{(Line > 0 ? $"{File}:{Line}: " : "")}{(Code.Severity == LintSeverity.Warning ? "warning" : "info")} {Code.Name}: "
        + $"{Kind} {Name}: {(Field.Length > 0 ? $"{Field}: " : "")}{Message}";
}
