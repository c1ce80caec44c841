namespace Routing.Policy.Model;

/// <summary>What a <see cref="PodSelection"/> may hold.</summary>
[Flags]
public enum EndpointKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Pods, by their addresses.</summary>
    Pods = 1,

    /// <summary>NetworkSets and GlobalNetworkSets, by their nets.</summary>
    NetworkSets = 2,

    /// <summary>HostEndpoints, by their expected addresses.</summary>
    HostEndpoints = 4,

    /// <summary>What cannot be read of network sets, which may be any address: in conditions that close by holding more.</summary>
    UnreadNets = 8,

    /// <summary>Whatever Calico's selectors see as a peer.</summary>
    All = Pods | NetworkSets | HostEndpoints,
}
