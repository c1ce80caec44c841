namespace Routing.Policy.Rules;

/// <summary>How a rule hands packets to who listens to a NFLOG group. The kernel gives at most so many a second, so that a
/// flood costs no more than the look at a clock.</summary>
/// <param name="Group">NFLOG group.</param>
/// <param name="Prefix">What the listener is told of the rule; at most 63 octets (iptables' limit), as
/// <see cref="ReportPrefix"/> writes it.</param>
/// <param name="SnapLength">Octets of each packet, from its IP header on.</param>
/// <param name="PacketsPerSecond">Of each rule; the rest is not reported.</param>
/// <param name="Burst">Packets at once after a quiet time.</param>
public sealed record PacketReport(ushort Group, string Prefix, int SnapLength, int PacketsPerSecond, int Burst);
