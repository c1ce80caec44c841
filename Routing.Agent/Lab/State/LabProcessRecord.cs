namespace Routing.Agent.Lab.State;

/// <summary>A process the lab started.</summary>
/// <param name="Name">What it plays: "node-1 agent".</param>
/// <param name="Identity">Which process it is.</param>
public sealed record LabProcessRecord(string Name, ProcessIdentity Identity);
