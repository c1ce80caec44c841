namespace Routing.Agent.Dataplane;

/// <summary>Kinds of objects the packet filter is made from. Until each has been listed in full, nobody can say what is
/// closed, and nothing is changed.</summary>
internal enum PolicyInput
{
    Namespaces,
    Pods,
    Nodes,
    NetworkPolicies,
    AdminNetworkPolicies,
    BaselineAdminNetworkPolicies,
    ClusterNetworkPolicies,
}
