namespace Routing.Agent.Lab.Api.Http;

/// <summary>How a client wants objects.</summary>
internal enum ResponseForm
{
    /// <summary>As they are.</summary>
    Full,

    /// <summary>meta.k8s.io/v1 Table, for `kubectl get`.</summary>
    Table,

    /// <summary>meta.k8s.io/v1 PartialObjectMetadata, for clients that only want labels and owners.</summary>
    Metadata,
}
