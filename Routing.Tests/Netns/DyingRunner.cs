using Routing.Agent.Dataplane.Iptables;

namespace Routing.Tests.Netns;

/// <summary>Runs so many programs that change something, and then none: the agent was killed.</summary>
internal sealed class DyingRunner(IProgramRunner inner, int steps) : IProgramRunner
{
    private int _left = steps;

    public string Run(string program, string package, string? input, params IReadOnlyList<string> arguments) =>
        input is null || _left-- > 0
            ? inner.Run(program, package, input, arguments)
            : throw new OperationCanceledException("killed");
}
