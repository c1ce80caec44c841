namespace Routing.Agent.Dataplane.Iptables;

/// <summary>One of the programs of the iptables back end is missing, failed, or did not end. The message has the command,
/// and what the program said.</summary>
public sealed class ProgramException(string message) : Exception(message);
