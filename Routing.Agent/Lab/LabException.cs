namespace Routing.Agent.Lab;

/// <summary>The lab cannot go on for a reason its user can mend. The message is one line: the thing, the value, the remedy.</summary>
public class LabException(string message, Exception? inner = null) : Exception(message, inner);
