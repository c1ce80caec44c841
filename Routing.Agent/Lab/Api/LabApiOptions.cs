using System.Net;
using System.Security.Cryptography;

namespace Routing.Agent.Lab.Api;

/// <summary>Where and how a <see cref="LabApiServer"/> serves.</summary>
public sealed record LabApiOptions
{
    /// <summary>Where to listen in this process's own network namespace; port 0 takes a free one. The certificate names
    /// 127.0.0.1, ::1 and localhost.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Sockets that already listen, as file descriptors: opened inside other network namespaces, where their
    /// connections will arrive. The server owns and closes them.</summary>
    public IReadOnlyList<int> ListenHandles { get; init; } = [];

    /// <summary>The one bearer token that is let in.</summary>
    public string Token { get; init; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>For creation times, ages and watch time-outs.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Changes kept per kind for watches to continue from; what is older answers 410 Gone.</summary>
    public int HistorySize { get; init; } = 4096;

    /// <summary>How often an idle watch that allows them gets a bookmark; a real server takes about a minute.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The first resourceVersion given. Null takes the clock's milliseconds, so that a server begun anew on the same
    /// port starts above whatever its predecessor gave out: a client that kept an old version then learns by a 410
    /// that it must list again, and never mistakes one history for the other.</summary>
    public long? FirstResourceVersion { get; init; }

    /// <summary>Told of every request for a resource that was let in, before it is answered. Called on the request's own task.</summary>
    public Action<ApiCall>? Audit { get; init; }
}
