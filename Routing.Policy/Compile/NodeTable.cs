using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>The cluster's nodes, which policies may name as peers. Few beside pods, and they change seldom: asked by looking at
/// all of them.</summary>
internal sealed class NodeTable
{
    private readonly Dictionary<string, NodeView> _nodes = new(StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public IReadOnlyCollection<string> Names => _nodes.Keys;

    /// <summary>All of them.</summary>
    public IEnumerable<NodeView> All => _nodes.Values;

    /// <summary>One of them; null when there is none.</summary>
    public NodeView? Find(string name) => _nodes.GetValueOrDefault(name);

    /// <returns>False when nothing is new about it.</returns>
    public bool Upsert(NodeView node)
    {
        if (_nodes.TryGetValue(node.Name, out var before) && before == node)
        {
            return false;
        }

        _nodes[node.Name] = node;
        return true;
    }

    /// <returns>False when there was none.</returns>
    public bool Remove(string name) => _nodes.Remove(name);

    /// <summary>The nodes that have one of these addresses.</summary>
    public IEnumerable<NodeView> OwnersOf(IReadOnlySet<Address> addresses) =>
        _nodes.Values.Where(node => node.Addresses.Items.Any(addresses.Contains));

    /// <summary>The nodes' own addresses.</summary>
    public IEnumerable<Address> AddressesOf(LabelSelector selector) =>
        _nodes.Values.Where(node => selector.Matches(node.Labels)).SelectMany(node => node.Addresses.Items);
}
