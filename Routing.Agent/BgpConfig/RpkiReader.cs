using System.Net;
using Routing.Bgp.Rpki;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads where knowledge of the RPKI comes from.</summary>
internal static class RpkiReader
{
    private const int MostPreference = 255;

    /// <summary>Reads the field <c>rpki</c>.</summary>
    public static RpkiOptions Read(FieldReader spec)
    {
        if (spec.Object("rpki") is not { } rpki)
        {
            return new RpkiOptions();
        }

        var options = new RpkiOptions
        {
            Caches = [.. rpki.Objects("caches").Select(ReadCache).OfType<RpkiCacheOptions>()],
            Roas = [.. rpki.Objects("roas").Select(ReadRoa).OfType<Vrp>()],
            Aspas = [.. rpki.Objects("aspas").Select(ReadAspa).OfType<Aspa>()],
        };
        rpki.End();
        return options;
    }

    private static RpkiCacheOptions? ReadCache(FieldReader item)
    {
        item.Require("address", "the IPv4 or IPv6 address of the cache");
        var address = item.Address("address");
        var defaults = new RpkiCacheOptions { Address = IPAddress.Any };
        var cache = defaults with
        {
            Port = (int?)item.Integer("port", 1, ushort.MaxValue) ?? defaults.Port,
            Preference = (int?)item.Integer("preference", 1, MostPreference) ?? defaults.Preference,
            Version = (byte?)item.Integer("version", 0, RpkiCacheOptions.NewestVersion) ?? defaults.Version,
        };
        item.End();
        return address is null ? null : cache with { Address = address };
    }

    private static Vrp? ReadRoa(FieldReader item)
    {
        item.Require("prefix", "a prefix, as in 10.1.0.0/16");
        item.Require("asNumber", "the AS that may originate it; 0 for none");
        var prefix = item.Prefix("prefix");
        var asn = item.Integer("asNumber", 0, uint.MaxValue);
        var maxLength = item.Integer("maxLength", prefix?.Length ?? 0, prefix?.Width ?? 128) ?? prefix?.Length;
        item.End();
        return prefix is { } known && asn is { } origin ? new Vrp(known, (byte)maxLength!.Value, (uint)origin) : null;
    }

    private static Aspa? ReadAspa(FieldReader item)
    {
        item.Require("customer", "the AS whose providers these are");
        item.Require("providers", "a list of AS numbers; empty when there are none");
        var customer = item.Asn("customer");
        var providers = item.Asns("providers");
        item.End();

        // An AS without providers says AS 0, which is nobody (draft-ietf-sidrops-aspa-profile §3.3).
        return customer is { } known ? Aspa.Create(known, providers.IsEmpty ? [0] : providers) : null;
    }
}
