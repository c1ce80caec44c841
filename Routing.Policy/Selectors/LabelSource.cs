using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>Whose label a key of <see cref="EndpointLabels"/> is.</summary>
internal enum LabelSource
{
    /// <summary>The endpoint's, or one derived without a prefix.</summary>
    Own,

    /// <summary>Its namespace's.</summary>
    Namespace,

    /// <summary>Its service account's.</summary>
    Account,
}
