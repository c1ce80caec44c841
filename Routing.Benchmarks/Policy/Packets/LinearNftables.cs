using System.Globalization;
using System.Text;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>The same meaning as a chain for each policy, jumped to one after another.</summary>
internal sealed class LinearNftables() : PolicyLayout("nftables, a chain a policy")
{
    public override void Apply(int policies)
    {
        var text = new StringBuilder("table inet linear\ndelete table inet linear\ntable inet linear {\n");
        for (var i = 0; i < policies; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" chain p{i} {{\n");
            Allow(text, PolicyGrid.PeerOf(i).ToString(), PolicyGrid.PortOf(i));
            if (i == policies - 1)
            {
                Allow(text, PacketPath.ClientAddress.ToString(), PolicyGrid.Port);
            }

            text.Append(" }\n");
        }

        text.Append(" chain server {\n");
        for (var i = 0; i < policies; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  jump p{i}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $$"""
              drop
             }
             chain forward {
              type filter hook forward priority 0;
              ct state established,related accept
              oifname "{{PacketPath.InterfaceOf("server")}}" jump server
             }
            }

            """);
        RulesetTool.Run(text.ToString(), "nft", "-f", "-");
    }

    public override void Clear() => RulesetTool.Run("delete table inet linear\n", "nft", "-f", "-");

    private static void Allow(StringBuilder text, string peer, ushort port)
    {
        foreach (var protocol in new[] { "tcp", "udp" })
        {
            text.Append(CultureInfo.InvariantCulture, $"  ip saddr {peer} {protocol} dport {port} accept\n");
        }
    }
}
