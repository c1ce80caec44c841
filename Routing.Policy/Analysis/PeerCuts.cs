using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Analysis;

/// <summary>Which classes rules may tell from others, as the other end of a flow. A rule names a few peers, and whoever is the same of
/// these is the same to it, so that of thousands of classes a profile tells a handful of parts.</summary>
/// <param name="classes">The classes.</param>
/// <param name="view">Which cluster.</param>
internal sealed class PeerCuts(FlowClasses classes, int view)
{
    private int[][]? _overV4; // by the number of a peer in the table: the classes that are it
    private int[][]? _overV6;
    private int[][]? _named;

    /// <summary>Cuts the classes apart that a profile may tell apart over an IP version.</summary>
    public void Cut(Partition peers, SideProfile profile, IpFamily? family)
    {
        // As rules are asked: without an IP version nobody has an address, and what goes by address is false over both.
        var members = family == IpFamily.V6 ? _overV6 ??= Members(peers => peers.V6) : _overV4 ??= Members(peers => peers.V4);
        foreach (var rule in profile.Tiers.SelectMany(tier => tier.Rules))
        {
            if (rule.IsAskedWhole)
            {
                peers.Sever();
                return;
            }

            foreach (var peer in rule.Peers)
            {
                peers.Cut(members[peer]);
            }

            if (rule.NamesPorts && profile.Direction == Direction.Egress)
            {
                foreach (var same in _named ??= Named())
                {
                    peers.Cut(same);
                }
            }
        }
    }

    private int[][] Members(Func<(ulong[] V4, ulong[] V6), ulong[]> bitsOf)
    {
        var members = Enumerable.Range(0, classes.Tables[view].Count).Select(_ => new List<int>()).ToArray();
        foreach (var one in classes.Classes)
        {
            foreach (var (i, word) in bitsOf(one.Peers[view]).Index())
            {
                for (var left = word; left != 0; left &= left - 1)
                {
                    members[(i << 6) + (int)ulong.TrailingZeroCount(left)].Add(one.Id);
                }
            }
        }

        return [.. members.Select(all => all.ToArray())];
    }

    /// <summary>Classes whose ports have the same names, as far as rules ask for them.</summary>
    private int[][] Named()
    {
        var asked = classes.Tables[view].Names;
        return
        [
            .. classes.Classes.Select(one => (one.Id, Names: string.Join(',', one.Ends[view].PortNames.Items
                    .Where(port => asked.Contains((port.Protocol, port.Name))).Select(port => $"{port}").Order(StringComparer.Ordinal))))
                .Where(one => one.Names.Length > 0).GroupBy(one => one.Names, one => one.Id).Select(same => same.ToArray()),
        ];
    }
}
