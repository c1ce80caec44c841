using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Flows;

/// <summary>What packets have in common that are reported as one flow. The source's port is not in it: a client that tries
/// again is the same flow.</summary>
/// <param name="Direction">Whose policies: the receiver's (ingress) or the sender's (egress).</param>
/// <param name="Verdict">What became of the packets.</param>
/// <param name="Chain">The chain or profile that reported them.</param>
/// <param name="Header">Their header, without the source's port.</param>
internal readonly record struct FlowKey(
    Direction Direction, ReportedVerdict Verdict, string Chain, PacketHeader Header)
{
    /// <summary>The chain of foreign sources, and those of pods that are not known yet (Routing.Policy/Compile).</summary>
    public const string CheckSource = "check-source", FromPod = "from-pod", ToPod = "to-pod";

    /// <summary>The chains of what resumes a connection that is not known.</summary>
    public const string ResumedFromPod = "resumed-from-pod", ResumedToPod = "resumed-to-pod";

    /// <summary>The same of host endpoints.</summary>
    public const string ResumedFromHost = "host-resumed-out", ResumedToHost = "host-resumed-in";

    /// <summary>Makes a packet's key.</summary>
    /// <returns>False for a packet that none of our rules reported, and for what every host says on its link (router
    /// solicitations, multicast reports), which is dropped and nobody's traffic.</returns>
    public static bool TryOf(in LoggedPacket packet, out FlowKey key)
    {
        key = default;
        if (packet.Header is not { } header || !ReportPrefix.TryParse(packet.Prefix, out var prefix)
            || (prefix.Chain == CheckSource && IsOfLink(header.Source)))
        {
            return false;
        }

        var isIngress = prefix.Chain.StartsWith("ingress-", StringComparison.Ordinal) || prefix.Chain is ToPod or ResumedToPod or ResumedToHost;
        key = new FlowKey(
            isIngress ? Direction.Ingress : Direction.Egress, prefix.Verdict, prefix.Chain, header with { SourcePort = 0 });
        return true;
    }

    private static bool IsOfLink(Address source) =>
        source.Value == 0 || (source.Family == IpFamily.V6 && source.ToIPAddress().IsIPv6LinkLocal);
}
