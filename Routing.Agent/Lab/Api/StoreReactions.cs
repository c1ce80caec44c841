using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Storage;
using Routing.Agent.Lab.Api.Writing;

namespace Routing.Agent.Lab.Api;

/// <summary>What a cluster's controllers do at once when something is stored: serve a new definition's kinds, let go of an emptied
/// namespace. Runs inside the store's lock, so nobody sees the time in between.</summary>
internal sealed class StoreReactions(KindRegistry registry, ObjectDeleter deleter)
{
    public void React(string resource, Change change)
    {
        if (resource == BuiltInKinds.Definition.Storage)
        {
            if (change.Type == WatchEventType.Deleted)
            {
                registry.Undefine(change.Current.Key.Name);
            }
            else
            {
                registry.Define(change.Current);
            }
        }
        else if (change.Type == WatchEventType.Deleted && change.Current.Key.Namespace.Length > 0)
        {
            deleter.FinishNamespace(change.Current.Key.Namespace);
        }
    }
}
