using System.Globalization;
using System.Text;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>The same meaning as a chain for each policy, jumped to one after another, in iptables.</summary>
/// <param name="program">iptables-legacy-restore or iptables-nft-restore: the two kernels' halves behind one syntax.</param>
internal sealed class LinearIptables(string name, string program) : PolicyLayout(name)
{
    public override void Apply(int policies)
    {
        var text = new StringBuilder("*filter\n:FORWARD ACCEPT\n:server -\n");
        for (var i = 0; i < policies; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $":p{i} -\n");
        }

        text.Append("-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n");
        text.Append(CultureInfo.InvariantCulture, $"-A FORWARD -o {PacketPath.InterfaceOf("server")} -j server\n");
        for (var i = 0; i < policies; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"-A server -j p{i}\n");
            Allow(text, i, PolicyGrid.PeerOf(i).ToString(), PolicyGrid.PortOf(i));
        }

        Allow(text, policies - 1, PacketPath.ClientAddress.ToString(), PolicyGrid.Port);
        text.Append("-A server -j DROP\nCOMMIT\n");
        RulesetTool.Run(text.ToString(), program);
    }

    public override void Clear() => RulesetTool.Run("*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n", program);

    private static void Allow(StringBuilder text, int policy, string peer, ushort port)
    {
        foreach (var protocol in new[] { "tcp", "udp" })
        {
            text.Append(CultureInfo.InvariantCulture,
                $"-A p{policy} -s {peer} -p {protocol} -m {protocol} --dport {port} -j ACCEPT\n");
        }
    }
}
