using k8s.Models;
using Routing.Policy.Model;

namespace Routing.Policy.Translate;

/// <summary>V1ServiceAccount to <see cref="ServiceAccountView"/>.</summary>
public static class ServiceAccountTranslator
{
    /// <summary>Translates.</summary>
    public static ServiceAccountView Translate(V1ServiceAccount account) => new(
        new NamespacedName(account.Metadata?.NamespaceProperty ?? "default", account.Metadata?.Name ?? ""),
        LabelSet.From(account.Metadata?.Labels));
}
