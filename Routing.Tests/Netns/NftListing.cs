using System.Text.Json.Nodes;

namespace Routing.Tests.Netns;

/// <summary>`nft -j list table inet routing` in a form that compares: without handles, objects by kind and name, rules
/// in their chain's order, elements sorted.</summary>
internal static class NftListing
{
    public static string Of(TestNamespace node)
    {
        var objects = JsonNode.Parse(node.Nft("-s", "-j", "list", "ruleset"))!["nftables"]!.AsArray();
        var lines = new List<(string Key, string Text)>();
        foreach (var item in objects)
        {
            var (kind, body) = item!.AsObject().First();
            if (kind == "metainfo")
            {
                continue;
            }

            Normalize(body!);
            var owner = body!["chain"] ?? body["name"];
            lines.Add(($"{kind} {owner}", $"{kind} {body.ToJsonString()}"));
        }

        return string.Join('\n', lines.OrderBy(line => line.Key, StringComparer.Ordinal).Select(line => line.Text));
    }

    private static void Normalize(JsonNode node)
    {
        switch (node)
        {
            case JsonObject inner:
                inner.Remove("handle");
                if (inner["elem"] is JsonArray elements)
                {
                    var sorted = elements.Select(element => element!.DeepClone())
                        .OrderBy(element => element.ToJsonString(), StringComparer.Ordinal).ToArray();
                    inner["elem"] = new JsonArray(sorted);
                }

                foreach (var (_, child) in inner.Where(pair => pair.Value is not null).ToList())
                {
                    Normalize(child!);
                }

                break;
            case JsonArray array:
                foreach (var child in array.Where(child => child is not null).ToList())
                {
                    Normalize(child!);
                }

                break;
        }
    }
}
