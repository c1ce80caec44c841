namespace Routing.Agent.Lab.Cluster;

/// <summary>An object of a kind that a cluster need not have.</summary>
/// <param name="Model">As policy has it; for the kind's <see cref="Dataplane.PolicyInput.Put"/>.</param>
/// <param name="ResourceVersion">Another one after each change.</param>
internal sealed record PolicyObject(object Model, string ResourceVersion);
