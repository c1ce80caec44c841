namespace Routing.Agent.Attachments;

/// <summary>The path does not lead to a container's network namespace.</summary>
public sealed class InvalidNamespaceException(string message) : Exception(message);
