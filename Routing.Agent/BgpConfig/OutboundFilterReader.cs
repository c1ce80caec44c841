using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads outbound route filters (RFC 5291, RFC 5292).</summary>
internal static class OutboundFilterReader
{
    private static readonly Dictionary<string, bool> Actions = new() { ["Accept"] = true, ["Reject"] = false };

    /// <summary>Reads <c>outboundFilters: {receive: true, send: [{action, cidr, prefixLength: {min, max}}]}</c>.</summary>
    public static OutboundFilterOptions Read(FieldReader spec)
    {
        if (spec.Object("outboundFilters") is not { } filters)
        {
            return new OutboundFilterOptions();
        }

        var options = new OutboundFilterOptions
        {
            Receive = filters.Boolean("receive") ?? false,
            Send = [.. filters.Objects("send").Select(ReadEntry)],
        };
        filters.End();
        return options;
    }

    private static WantedPrefix ReadEntry(FieldReader item)
    {
        item.Require("action", "one of Accept, Reject");
        item.Require("cidr", "the prefix that covers the routes, as in 10.1.0.0/16");
        var accept = item.Word("action", Actions) ?? false;
        var prefix = item.Prefix("cidr") ?? default;
        var (min, max) = ReadLengths(item, prefix);
        item.End();
        return new WantedPrefix(accept, prefix, min, max);
    }

    private static (int Min, int Max) ReadLengths(FieldReader item, Prefix prefix)
    {
        if (item.Object("prefixLength") is not { } lengths)
        {
            return default;
        }

        var width = prefix.Family == AfiSafi.IPv6Unicast ? 128 : 32;
        var (min, max) = ((int?)lengths.Integer("min", prefix.Length, width), (int?)lengths.Integer("max", prefix.Length, width));
        if (min > max)
        {
            lengths.Report("min", $"{min}", $"at most max, which is {max}");
        }

        lengths.End();
        return (min ?? 0, max ?? 0);
    }
}
