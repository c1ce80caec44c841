using k8s.Models;
using Routing.Policy.Model;

namespace Routing.Policy.Translate;

/// <summary>V1Node to <see cref="NodeView"/>.</summary>
public static class NodeTranslator
{
    /// <summary>Translates; addresses that are names are left out.</summary>
    public static NodeView Translate(V1Node node)
    {
        var addresses = new List<Address>();
        foreach (var one in node.Status?.Addresses ?? [])
        {
            if (Address.TryParse(one?.Address, out var address))
            {
                addresses.Add(address);
            }
        }

        return new NodeView(node.Metadata?.Name ?? "", [.. addresses])
        {
            Labels = LabelSet.From(node.Metadata?.Labels),
        };
    }
}
