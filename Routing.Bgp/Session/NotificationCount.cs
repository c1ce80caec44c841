namespace Routing.Bgp.Session;

/// <summary>How many NOTIFICATIONs of a code went one way.</summary>
/// <param name="Code">Name of the error code (RFC 4271 §4.5), as in <c>Cease</c>; <c>Other</c> for those of no name.</param>
/// <param name="Count">How many.</param>
public readonly record struct NotificationCount(string Code, long Count);
