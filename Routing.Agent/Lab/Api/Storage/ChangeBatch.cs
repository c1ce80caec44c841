namespace Routing.Agent.Lab.Api.Storage;

/// <summary>What a watcher reads in one go.</summary>
/// <param name="Expired">The position is out of the history: the watcher must end with 410.</param>
/// <param name="Changes">In order; empty when there is nothing new.</param>
/// <param name="Version">The store's version: with no changes left, everything up to here was seen.</param>
/// <param name="More">Completes at the next change of this kind.</param>
internal readonly record struct ChangeBatch(bool Expired, Change[] Changes, long Version, Task More);
