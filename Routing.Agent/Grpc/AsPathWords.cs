using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Attributes;

namespace Routing.Agent.Grpc;

/// <summary>What a neighbour's configuration changes in AS paths or demands of them, in words; nothing for the
/// defaults.</summary>
internal static class AsPathWords
{
    public static IEnumerable<string> Describe(PeerRelationStatus relation)
    {
        var path = relation.AsPath;
        if (path.LocalAs is { } local)
        {
            yield return string.Join(' ', new[]
            {
                $"local-as {local.Asn}",
                local.NoPrepend ? "no-prepend" : "",
                local.ReplaceAs ? "replace-as" : "",
                local.DualAs ? "dual-as" : "",
            }.Where(word => word.Length > 0));
        }

        if (path.RemovePrivateAs != PrivateAsScope.None)
        {
            var scope = path.RemovePrivateAs == PrivateAsScope.All ? " all" : "";
            yield return $"remove-private-as{scope}{(path.ReplacePrivateAs ? " replace" : "")}";
        }

        if (path.AsOverride)
        {
            yield return "as-override";
        }

        if (path.AllowedOwnAsns > 0)
        {
            yield return $"own AS allowed {path.AllowedOwnAsns} times";
        }

        if (relation.EnforcesFirstAs)
        {
            yield return "first AS enforced";
        }

        if (path.AcceptAsSets)
        {
            yield return "AS_SET accepted";
        }

        yield return $"at most {path.MaximumLength} long";
    }
}
