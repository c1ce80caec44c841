using System.Net;

namespace Routing.Bgp.Bfd;

/// <summary>Between whom a session is.</summary>
/// <param name="Remote">The other end; with its scope when link-local.</param>
/// <param name="Local">Our address; the kernel chooses when null.</param>
/// <param name="Interface">Packets go out here and nowhere else; the routes choose when null.</param>
internal sealed record BfdTarget(IPAddress Remote, IPAddress? Local = null, string? Interface = null);
