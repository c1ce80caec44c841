using System.Globalization;
using System.Text;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>The same meaning as a chain for each policy, jumped to one after another.</summary>
internal sealed class LinearNftables() : PolicyLayout("nftables, a chain a policy")
{
    public override void Apply()
    {
        var text = new StringBuilder("table inet linear\ndelete table inet linear\ntable inet linear {\n");
        foreach (var server in PacketServer.All)
        {
            AddServer(text, server);
        }

        text.Append(" chain forward {\n  type filter hook forward priority 0;\n  ct state established,related accept\n");
        foreach (var server in PacketServer.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"  oifname \"{PacketPath.InterfaceOf(server.Role)}\" jump {server.Role}\n");
        }

        text.Append(" }\n}\n");
        RulesetTool.Run(text.ToString(), "nft", "-f", "-");
    }

    private static void AddServer(StringBuilder text, PacketServer server)
    {
        for (var i = 0; i < server.Policies; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" chain {server.Role}-{i} {{\n");
            Allow(text, PolicyGrid.PeerOf(i).ToString(), PolicyGrid.PortOf(i));
            if (i == server.Policies - 1)
            {
                Allow(text, PacketPath.ClientAddress.ToString(), PolicyGrid.Port);
            }

            text.Append(" }\n");
        }

        text.Append(CultureInfo.InvariantCulture, $" chain {server.Role} {{\n");
        for (var i = 0; i < server.Policies; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  jump {server.Role}-{i}\n");
        }

        text.Append("  drop\n }\n");
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
