namespace Routing.Agent.Lab.Api.Kinds;

/// <summary>An endpoint below an object, as discovery names it.</summary>
/// <param name="Name">As in "binding".</param>
/// <param name="Kind">Kind of what is sent or answered.</param>
/// <param name="Verbs">Sorted.</param>
internal sealed record Subresource(string Name, string Kind, IReadOnlyList<string> Verbs);
