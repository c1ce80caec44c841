namespace Routing.Agent.Cli;

/// <summary>Exit codes of every verb (DESIGN.md §8).</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The thing checked is false, or what was asked failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a file given on it is wrong.</summary>
    public const int Usage = 2;
}
