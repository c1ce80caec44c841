namespace Routing.Agent.Cli;

/// <summary>Something the user can mend. The message is one line that names the thing, the value and the remedy;
/// <see cref="CommandLine"/> prints it and exits with the code.</summary>
internal sealed class UserErrorException(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
