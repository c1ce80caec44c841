namespace Routing.Policy.Model;

/// <summary>What policy needs to know of a service account.</summary>
public sealed record ServiceAccountView(NamespacedName Name, LabelSet Labels);
