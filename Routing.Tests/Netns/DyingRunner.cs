using Routing.Agent.Dataplane.Iptables;

namespace Routing.Tests.Netns;

/// <summary>Runs so many programs that change something, and then none.</summary>
/// <param name="inner">Runs them.</param>
/// <param name="steps">How many.</param>
/// <param name="end">What happens then; null for an agent that is killed.</param>
internal sealed class DyingRunner(IProgramRunner inner, int steps, Func<Exception>? end = null) : IProgramRunner
{
    private int _left = steps;

    public string Run(string program, string package, string? input, params IReadOnlyList<string> arguments) =>
        input is null || _left-- > 0
            ? inner.Run(program, package, input, arguments)
            : throw end?.Invoke() ?? new OperationCanceledException("killed");
}
