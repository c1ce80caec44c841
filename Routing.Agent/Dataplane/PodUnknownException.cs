namespace Routing.Agent.Dataplane;

/// <summary>A pod's labels could not be learned, so no rules can be made for it and it stays closed.</summary>
public sealed class PodUnknownException(string message, Exception? inner = null) : Exception(message, inner);
