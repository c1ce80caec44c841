namespace Routing.Agent.Lab.Api.Storage;

/// <summary>The event types a watch stream carries about objects.</summary>
internal enum WatchEventType
{
    Added,
    Modified,
    Deleted,
}
