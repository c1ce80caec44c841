using System.Collections.Immutable;
using System.Net;

namespace Routing.Agent.Speaker;

/// <summary>A snapshot of the <see cref="SpeakerHost"/>.</summary>
/// <param name="IsRunning">A speaker runs.</param>
/// <param name="Asn">Its AS.</param>
/// <param name="RouterId">Its BGP Identifier; null as long as none has run.</param>
/// <param name="PeerCount">Neighbours it was told of.</param>
/// <param name="Problems">What is wrong with the BGP objects; what was last right is in force.</param>
internal sealed record SpeakerStatus(
    bool IsRunning, uint Asn, IPAddress? RouterId, int PeerCount, ImmutableArray<string> Problems)
{
    /// <summary>Before the objects were listed.</summary>
    public static SpeakerStatus NotYet { get; } = new(false, 0, null, 0, ["BGP objects have not been listed yet"]);
}
