using Routing.Policy.Model;

namespace Routing.Agent.Lint;

/// <summary>The ports that the containers of some pods declare.</summary>
/// <param name="IsNobody">There are no pods.</param>
/// <param name="IsComplete">Each of the pods declares some.</param>
/// <param name="Numbers">All of them.</param>
/// <param name="Names">Those that have a name.</param>
internal sealed record DeclaredPorts(
    bool IsNobody,
    bool IsComplete,
    SortedSet<(TransportProtocol Protocol, ushort Port)> Numbers,
    HashSet<(TransportProtocol Protocol, string Name)> Names)
{
    /// <summary>Those of pods.</summary>
    public static DeclaredPorts Of(
        IReadOnlyCollection<PodView> pods, Func<PodView, IReadOnlyCollection<(TransportProtocol Protocol, ushort Port)>> portsOf) => new(
        pods.Count == 0,
        pods.All(pod => portsOf(pod).Count > 0),
        [.. pods.SelectMany(portsOf)],
        [.. pods.SelectMany(pod => pod.NamedPorts.Items).Select(port => (port.Protocol, port.Name))]);

    /// <summary>Those of the pods of several.</summary>
    public static DeclaredPorts Of(IReadOnlyList<DeclaredPorts> all) => all is [var one] ? one : new(
        all.All(some => some.IsNobody),
        all.All(some => some.IsComplete),
        [.. all.SelectMany(some => some.Numbers)],
        [.. all.SelectMany(some => some.Names)]);
}
