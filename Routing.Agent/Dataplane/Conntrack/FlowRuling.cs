namespace Routing.Agent.Dataplane.Conntrack;

/// <summary>What rules say of a connection that goes on.</summary>
internal enum FlowRuling
{
    /// <summary>It may.</summary>
    Allowed,

    /// <summary>The policies of a pod would not let it begin.</summary>
    OfPods,

    /// <summary>A host endpoint would not, or it is of an address that is nobody's now: there is nothing to pardon.</summary>
    Final,
}
