namespace Routing.Agent.Lab.Traffic;

/// <summary>What <see cref="EnforcementTimer"/> measured.</summary>
/// <param name="Flow">On which flow.</param>
/// <param name="ToDeny">From sending a change that forbids it to the first packet dropped.</param>
/// <param name="ToAllow">From sending a change that allows it to the first packet that passes.</param>
internal sealed record EnforcementTimes(string Flow, IReadOnlyList<TimeSpan> ToDeny, IReadOnlyList<TimeSpan> ToAllow);
