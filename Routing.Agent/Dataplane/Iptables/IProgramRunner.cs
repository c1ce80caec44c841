namespace Routing.Agent.Dataplane.Iptables;

/// <summary>Runs programs.</summary>
internal interface IProgramRunner
{
    /// <summary>Runs one to its end.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="package">The package that brings it, for whoever has to install it.</param>
    /// <param name="input">For its standard input.</param>
    /// <param name="arguments">As they are.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="ProgramException">It is not there, it failed, or it did not end.</exception>
    string Run(string program, string package, string? input, params IReadOnlyList<string> arguments);
}
