using System.Collections.Immutable;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Attributes;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads AS numbers towards a neighbour, and what its paths may look like.</summary>
internal static class AsPathReader
{
    private const string LocalAsn = "localASNumber";
    private const string LocalAsOptions = "localASOptions";

    private static readonly ImmutableArray<string> LocalAsWords = ["NoPrepend", "ReplaceAS", "DualAS"];

    private static readonly Dictionary<string, PrivateAsScope> PrivateScopes = new()
    {
        ["None"] = PrivateAsScope.None,
        ["OnlyPrivatePaths"] = PrivateAsScope.OnlyPrivatePaths,
        ["All"] = PrivateAsScope.All,
    };

    /// <summary>Reads the fields.</summary>
    public static AsPathOptions Read(FieldReader spec)
    {
        var defaults = new AsPathOptions();
        return new AsPathOptions
        {
            LocalAs = ReadLocalAs(spec),
            RemovePrivateAs = spec.Word("removePrivateAS", PrivateScopes) ?? defaults.RemovePrivateAs,
            ReplacePrivateAs = spec.Boolean("replacePrivateAS") ?? defaults.ReplacePrivateAs,
            AsOverride = spec.Boolean("asOverride") ?? defaults.AsOverride,
            AllowedOwnAsns = (int?)spec.Integer("numAllowedLocalASNumbers", 0, 254) ?? defaults.AllowedOwnAsns,
            EnforceFirstAs = spec.Boolean("enforceFirstAS"),
            AcceptAsSets = spec.Boolean("acceptASSets") ?? defaults.AcceptAsSets,
            MaximumLength = (int?)spec.Integer("maxASPathLength", 1, ushort.MaxValue) ?? defaults.MaximumLength,
        };
    }

    /// <summary>Reports what does not go with the neighbour's AS.</summary>
    public static void Check(FieldReader spec, PeerConfig peer)
    {
        if (peer.AsPath.LocalAs is { } local && local.Asn == peer.Asn)
        {
            spec.Report(LocalAsn, $"{local.Asn}", "an AS number other than the neighbour's own, which asNumber names");
        }
    }

    private static LocalAsOptions? ReadLocalAs(FieldReader spec)
    {
        var asn = spec.Asn(LocalAsn);
        var words = spec.List<string>(
            LocalAsOptions,
            $"one of {string.Join(", ", LocalAsWords)}",
            static text => LocalAsWords.Contains(text) ? text : null) ?? [];
        if (!words.IsEmpty && !spec.Has(LocalAsn))
        {
            spec.Report(LocalAsOptions, string.Join(", ", words), $"nothing without {LocalAsn}");
        }

        return asn is null ? null : new LocalAsOptions(asn.Value)
        {
            NoPrepend = words.Contains(LocalAsWords[0]),
            ReplaceAs = words.Contains(LocalAsWords[1]),
            DualAs = words.Contains(LocalAsWords[2]),
        };
    }
}
