using System.Net;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads a BGPConfiguration.</summary>
internal static class ConfigurationReader
{
    /// <summary>Reads its fields.</summary>
    public static BgpConfiguration Read(string name, FieldReader spec)
    {
        var (sources, logs) = MonitoringReader.ReadMrt(spec);
        return ReadRest(name, spec) with
        {
            BmpStations = MonitoringReader.ReadStations(spec),
            MrtSources = sources,
            MrtLogs = logs,
        };
    }

    private static BgpConfiguration ReadRest(string name, FieldReader spec) => new()
    {
        Name = name,
        Asn = spec.Asn("asNumber"),
        RouterId = spec.Identifier("routerID"),
        ListenAddresses = spec.List("listenAddresses", "an IPv4 or IPv6 address", ParseAddress) ?? [],
        ListenPort = (int?)spec.Integer("listenPort", 1, ushort.MaxValue),
        ClusterId = spec.Identifier("clusterID"),
        Confederation = ReadConfederation(spec),
        EbgpRequiresPolicy = spec.Boolean("ebgpRequiresPolicy") ?? false,
        InstallRoutes = spec.Boolean("installRoutes") ?? false,
        Originate = [.. ReadOriginate(spec)],
        Rpki = RpkiReader.Read(spec),
        ReflectsBetweenClients = spec.Boolean("clientToClientReflection"),
        ResolvesNextHops = spec.Boolean("resolveNextHops"),
        Multipath = MultipathReader.Read(spec),
        MaximumPaths = (int?)spec.Integer("maximumPaths", 1, 64),
        GracefulRestartTime = spec.Duration(
            "gracefulRestartTime", TimeSpan.Zero, TimeSpan.FromSeconds(4095), "0s to 4095s (RFC 4724 §3)"),
    };

    private static ConfederationOptions? ReadConfederation(FieldReader spec)
    {
        if (spec.Object("confederation") is not { } inner)
        {
            return null;
        }

        inner.Require("identifier", "the AS number that the confederation is to the world (RFC 5065 §2)");
        var options = new ConfederationOptions(inner.Asn("identifier") ?? 0, inner.Asns("members"));
        if (options.Members.Contains(options.Identifier))
        {
            inner.Report("identifier", $"{options.Identifier}", "an AS number that is no member's");
        }

        inner.End();
        return options;
    }

    private static List<Prefix> ReadOriginate(FieldReader spec)
    {
        var prefixes = new List<Prefix>();
        foreach (var item in spec.Objects("originate"))
        {
            item.Require("prefix", "a prefix, as in 10.1.0.0/26");
            if (item.Prefix("prefix") is { } prefix)
            {
                prefixes.Add(prefix);
            }

            item.End();
        }

        return prefixes;
    }

    private static IPAddress? ParseAddress(string text) => IPAddress.TryParse(text, out var address) ? address : null;
}
