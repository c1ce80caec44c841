using k8s.Models;
using Routing.Policy.Model;

namespace Routing.Policy.Translate;

/// <summary>V1Namespace to <see cref="NamespaceView"/>.</summary>
public static class NamespaceTranslator
{
    /// <summary>Translates; the label with the name is there even when a manifest leaves it to the API
    /// server.</summary>
    public static NamespaceView Translate(V1Namespace view)
    {
        var name = view.Metadata?.Name ?? "";
        return new NamespaceView(name, LabelSet.From(view.Metadata?.Labels).With(NamespaceView.NameLabel, name));
    }
}
