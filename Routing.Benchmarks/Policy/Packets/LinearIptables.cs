using System.Globalization;
using System.Text;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>The same meaning as a chain for each policy, jumped to one after another, in iptables.</summary>
/// <param name="program">iptables-legacy-restore or iptables-nft-restore: the two kernels' halves behind one syntax.</param>
internal sealed class LinearIptables(string name, string program) : PolicyLayout(name)
{
    public override void Apply()
    {
        var text = new StringBuilder("*filter\n:FORWARD ACCEPT\n");
        foreach (var server in PacketServer.All)
        {
            text.Append(CultureInfo.InvariantCulture, $":{server.Role} -\n");
            for (var i = 0; i < server.Policies; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $":{server.Role}-{i} -\n");
            }
        }

        text.Append("-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n");
        foreach (var server in PacketServer.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"-A FORWARD -o {PacketPath.InterfaceOf(server.Role)} -j {server.Role}\n");
            for (var i = 0; i < server.Policies; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"-A {server.Role} -j {server.Role}-{i}\n");
                Allow(text, $"{server.Role}-{i}", PolicyGrid.PeerOf(i).ToString(), PolicyGrid.PortOf(i));
            }

            Allow(text, $"{server.Role}-{server.Policies - 1}", PacketPath.ClientAddress.ToString(), PolicyGrid.Port);
            text.Append(CultureInfo.InvariantCulture, $"-A {server.Role} -j DROP\n");
        }

        text.Append("COMMIT\n");
        RulesetTool.Run(text.ToString(), program);
    }

    public override void Clear() => RulesetTool.Run("*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n", program);

    private static void Allow(StringBuilder text, string chain, string peer, ushort port)
    {
        foreach (var protocol in new[] { "tcp", "udp" })
        {
            text.Append(CultureInfo.InvariantCulture,
                $"-A {chain} -s {peer} -p {protocol} -m {protocol} --dport {port} -j ACCEPT\n");
        }
    }
}
