using Routing.Policy.Controller;
using Routing.Policy.Model;

namespace Routing.Tests.Policy;

/// <summary>Namespaces for tests of which they are not the matter: a pod of one that is not known stays closed.</summary>
internal static class KnownNamespaces
{
    /// <summary>The same, with namespaces that have no labels but their name.</summary>
    public static NodePolicy Knowing(this NodePolicy policy, params string[] namespaces)
    {
        foreach (var name in namespaces)
        {
            policy.UpsertNamespace(NamespaceView.Bare(name));
        }

        return policy;
    }
}
