namespace Routing.Agent.Lab.Progress;

/// <summary>A step of bringing a lab up, as shown to who waits for it.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Detail">How far it is.</param>
/// <param name="Elapsed">Since its begin, or how long it took.</param>
/// <param name="Done">True when it is finished.</param>
internal sealed record LabStep(string Name, string Detail, TimeSpan Elapsed, bool Done);
