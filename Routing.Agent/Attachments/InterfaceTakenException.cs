namespace Routing.Agent.Attachments;

/// <summary>The container's namespace has an interface of the wanted name that is not ours.</summary>
public sealed class InterfaceTakenException(string message) : Exception(message);
