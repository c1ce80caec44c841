namespace Routing.Agent.Lab.Tor;

/// <summary>A configuration file of the ToR.</summary>
/// <param name="Name">File name in the ToR's folder.</param>
/// <param name="Text">Contents.</param>
internal sealed record TorFile(string Name, string Text);
