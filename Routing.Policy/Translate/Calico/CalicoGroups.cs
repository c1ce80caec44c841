namespace Routing.Policy.Translate.Calico;

/// <summary>Calico's API groups.</summary>
public static class CalicoGroups
{
    /// <summary>The API that people write.</summary>
    public const string Api = "projectcalico.org";

    /// <summary>Its version.</summary>
    public const string ApiVersion = "v3";

    /// <summary>The store of clusters where <see cref="Api"/> is served by Calico's own API server.</summary>
    public const string Store = "crd.projectcalico.org";

    /// <summary>Its version.</summary>
    public const string StoreVersion = "v1";
}
