using Routing.Policy.Model;

namespace Routing.Policy.Translate;

/// <summary>A translated object that is no policy.</summary>
/// <param name="Value">What could be read.</param>
/// <param name="Problems">What could not.</param>
public sealed record Translated<T>(T Value, EquatableArray<Problem> Problems);
