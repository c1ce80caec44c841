using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Analysis;

/// <summary>Who may talk to whom, by groups of pods, by host endpoints, and with the world outside as one more group.</summary>
/// <param name="Ports">The ports the cells speak of.</param>
/// <param name="Groups">Names of the groups in order: pods, host endpoints, the world.</param>
/// <param name="Cells">By sender and receiver.</param>
public sealed record FlowMatrix(PortSpace Ports, ImmutableArray<string> Groups, ImmutableArray<ImmutableArray<MatrixCell>> Cells)
{
    /// <summary>Name of the group of all that is not in the cluster.</summary>
    public const string World = "(world)";

    /// <summary>Name of the group of a host endpoint.</summary>
    public static string NameOfHost(string endpoint) => $"host {endpoint}";

    /// <summary>Asks about every pair of groups.</summary>
    /// <param name="classes">Made of one cluster.</param>
    /// <param name="groupOf">The group of a pod.</param>
    public static FlowMatrix Of(FlowClasses classes, Func<NamespacedName, string> groupOf)
    {
        var verdicts = classes.VerdictsOf(0);
        var groups = new SortedDictionary<string, Dictionary<EndClass, int>>(StringComparer.Ordinal);
        foreach (var one in classes.Classes)
        {
            foreach (var group in one.Pods.CountBy(groupOf))
            {
                if (!groups.TryGetValue(group.Key, out var members))
                {
                    groups.Add(group.Key, members = []);
                }

                members.Add(one, group.Value);
            }
        }

        List<(string Name, Dictionary<EndClass, int> Members)> all =
        [
            .. groups.Select(group => (group.Key, group.Value)),
            .. classes.Classes
                .SelectMany(one => one.Hosts, (one, host) => (Name: NameOfHost(host), Members: new Dictionary<EndClass, int> { [one] = 1 }))
                .OrderBy(group => group.Name, StringComparer.Ordinal),
            (World, classes.Classes.Where(one => !one.Ranges.IsEmpty).ToDictionary(one => one, _ => 1)),
        ];
        return new FlowMatrix(classes.Ports, [.. all.Select(group => group.Name)],
            [.. all.Select(from => all.Select(to => Cell(from.Members, to.Members)).ToImmutableArray())]);

        MatrixCell Cell(Dictionary<EndClass, int> senders, Dictionary<EndClass, int> receivers)
        {
            var (some, every, isEmpty) = (classes.Ports.None, classes.Ports.All, true);
            foreach (var (from, _) in senders)
            {
                foreach (var (to, count) in receivers)
                {
                    // Who is alone of its class does not talk to another, and the world's own talk is not the cluster's.
                    if ((from == to && count == 1 && senders == receivers) || !(from.IsSubject || to.IsSubject))
                    {
                        continue;
                    }

                    foreach (var family in from.FamiliesWith(to))
                    {
                        var allowed = verdicts.Allowed(from, to, family);
                        (some, every, isEmpty) = (classes.Ports.Or(some, allowed), classes.Ports.And(every, allowed), false);
                    }
                }
            }

            return isEmpty ? new MatrixCell(classes.Ports.None, classes.Ports.None, true) : new MatrixCell(some, every, false);
        }
    }
}
