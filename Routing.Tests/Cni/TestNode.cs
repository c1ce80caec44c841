using System.Net;
using Routing.Agent.Attachments;

namespace Routing.Tests.Cni;

/// <summary>What the agent would know of its Node.</summary>
internal sealed class TestNode(params string[] cidrs) : INodeState
{
    public IReadOnlyList<IPNetwork> PodCidrs { get; set; } = [.. cidrs.Select(IPNetwork.Parse)];

    public string? NotReadyReason { get; set; }
}
