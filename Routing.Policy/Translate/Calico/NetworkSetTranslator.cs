using Routing.Policy.Model;

namespace Routing.Policy.Translate.Calico;

/// <summary>Calico's network sets to <see cref="NetworkSetView"/>.</summary>
public static class NetworkSetTranslator
{
    /// <summary>Translates; what is no address is left out.</summary>
    public static Translated<NetworkSetView> Translate(CalicoNetworkSetResource set) =>
        Translate(set, set.Metadata?.NamespaceProperty ?? "default");

    /// <summary>Translates; what is no address is left out.</summary>
    public static Translated<NetworkSetView> Translate(CalicoGlobalNetworkSetResource set) => Translate(set, "");

    private static Translated<NetworkSetView> Translate(CalicoResource<NetworkSetSpec> set, string home)
    {
        var problems = new ProblemList();
        var nets = CalicoEntities.Nets(set.Spec?.Nets, "spec.nets", problems);
        var view = new NetworkSetView(
            new NamespacedName(home, set.Metadata?.Name ?? ""), set.ReadLabels(problems), nets);
        return new Translated<NetworkSetView>(view, problems.ToEquatableArray());
    }
}
