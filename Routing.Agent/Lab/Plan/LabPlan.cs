using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Routing.Agent.Options;

namespace Routing.Agent.Lab.Plan;

/// <summary>Names, numbers and addresses of a lab: a function of the number of nodes, so that every run, document and test
/// speaks of the same cluster.</summary>
public sealed record LabPlan
{
    /// <summary>Most nodes a lab may have: each is a process of its own on one machine.</summary>
    public const int MaximumNodes = 32;

    /// <summary>The ToR's namespace.</summary>
    public const string TorName = "tor";

    /// <summary>The ToR's AS number; node N has this plus N.</summary>
    public const uint TorAsn = 65000;

    /// <summary>The ToR's BGP Identifier.</summary>
    public static readonly IPAddress TorRouterId = IPAddress.Parse("172.30.0.1");

    /// <summary>Where the ToR stands.</summary>
    public const string TorLocation = "50.1109,8.6821";

    private static readonly ImmutableArray<string> Sites =
        ["52.5200,13.4050", "48.8566,2.3522", "50.0755,14.4378", "52.3676,4.9041", "48.2082,16.3738", "47.3769,8.5417",
         "52.2297,21.0122", "45.4642,9.1900"];

    /// <summary>What the agents enforce policies with.</summary>
    public PolicyBackend Backend { get; init; } = PolicyBackend.Auto;

    /// <summary>The nodes, in order.</summary>
    public required ImmutableArray<NodePlan> Nodes { get; init; }

    /// <summary>A plan for so many nodes.</summary>
    public static LabPlan Create(int nodes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nodes, MaximumNodes);
        return new LabPlan { Nodes = [.. Enumerable.Range(1, nodes).Select(CreateNode)] };
    }

    private static NodePlan CreateNode(int index) => new()
    {
        Index = index,
        Name = Text($"node-{index}"),
        Asn = TorAsn + (uint)index,
        PodCidrV4 = IPNetwork.Parse(Text($"10.244.{index}.0/24")),
        PodCidrV6 = IPNetwork.Parse(Text($"fd00:10:244:{index:x}::/64")),
        Location = Sites[(index - 1) % Sites.Length],
        Uplink = new LinkPlan
        {
            NodeInterface = "uplink",
            TorInterface = Text($"node-{index}"),
            TorV4 = IPAddress.Parse(Text($"172.30.{index}.1")),
            NodeV4 = IPAddress.Parse(Text($"172.30.{index}.2")),
            TorV6 = IPAddress.Parse(Text($"fd00:172:30:{index:x}::1")),
            NodeV6 = IPAddress.Parse(Text($"fd00:172:30:{index:x}::2")),
        },
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
