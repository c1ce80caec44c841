namespace Routing.Tests.Agent.Grpc;

/// <summary>What a run of the command line left.</summary>
internal sealed record CommandResult(int Code, string Output, string Error)
{
    /// <summary>The lines of the output.</summary>
    public string[] Lines => Output.TrimEnd('\n').Split('\n');
}
