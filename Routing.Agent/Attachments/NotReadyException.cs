namespace Routing.Agent.Attachments;

/// <summary>The agent has not learned enough to attach a pod; asking again later helps.</summary>
public sealed class NotReadyException(string message) : Exception(message);
