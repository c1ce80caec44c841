using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.RoutePolicy;

/// <summary>Short questions to filters that look at prefixes only.</summary>
internal static class RouteFilterExtensions
{
    public static bool Accepts(this RouteFilter filter, Prefix prefix) => PolicyBench.Run(
        filter, prefix, PolicyBench.Model.ToCanonical(prefix.Family), PolicyBench.Import with { Family = prefix.Family }).IsAccepted;
}
