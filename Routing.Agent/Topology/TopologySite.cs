namespace Routing.Agent.Topology;

/// <summary>A node, or a router outside the cluster.</summary>
/// <param name="Name">The node's name; a router's is made from its AS and place.</param>
/// <param name="IsRouter">Known from BGPPeers only.</param>
/// <param name="Asn">Its AS; 0 when not known.</param>
/// <param name="Location">The annotation routing.dev/location, unchecked; empty when there is none.</param>
/// <param name="Source">The object the location comes from, as in "Node node-1".</param>
internal sealed record TopologySite(string Name, bool IsRouter, uint Asn, string Location, string Source);
