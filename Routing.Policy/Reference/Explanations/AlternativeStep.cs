namespace Routing.Policy.Reference.Explanations;

/// <summary>One alternative of a condition.</summary>
/// <param name="Wanted">What it asks for.</param>
/// <param name="Holds">Whether that is so.</param>
/// <param name="Found">What is the case instead; empty when it holds.</param>
public sealed record AlternativeStep(string Wanted, bool Holds, string Found);
