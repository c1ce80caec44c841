using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>Which packets the ruleset reports and counts, and how.</summary>
public sealed record ReportOptions
{
    /// <summary>Our NFLOG group where no other is asked for; the number of our routes' protocol, too.</summary>
    public const ushort DefaultGroup = 114;

    /// <summary>The NFLOG group.</summary>
    public ushort Group { get; init; } = DefaultGroup;

    /// <summary>Report what is dropped.</summary>
    public bool Denied { get; init; } = true;

    /// <summary>Report new connections that pass, too.</summary>
    public bool Allowed { get; init; }

    /// <summary>Octets of each packet: an IPv6 header with a few extensions and the ports behind it.</summary>
    public int SnapLength { get; init; } = 128;

    /// <summary>At most so many packets of each profile and verdict.</summary>
    public int PacketsPerSecond { get; init; } = 50;

    /// <summary>So many at once after a quiet time.</summary>
    public int Burst { get; init; } = 100;

    /// <summary>Count, for each rule of each policy, the packets that it decides: sets count by element, and have an element of its own
    /// for whatever another rule decides.</summary>
    public bool CountsRules { get; init; }

    /// <summary>The rule that reports.</summary>
    internal Rule Rule(ReportedVerdict verdict, string chain) => new(
        [],
        new RuleAction.Report(new PacketReport(
            Group, new ReportPrefix(verdict, chain).ToString(), SnapLength, PacketsPerSecond, Burst)),
        "");
}
