namespace Routing.Agent.Dataplane.Live;

/// <summary>A flow that this node cannot say anything about; the message says why, and who can.</summary>
internal sealed class LiveQuestionException(string message) : Exception(message);
