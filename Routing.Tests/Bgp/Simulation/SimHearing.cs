using System.Buffers.Binary;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Tests.Bgp.Rib;

namespace Routing.Tests.Bgp.Simulation;

/// <summary>What a peer has told in a session, decoded with nothing of the speaker's own code.</summary>
/// <param name="hasPathIds">It sends several paths of a prefix (RFC 7911).</param>
internal sealed class SimHearing(bool hasPathIds)
{
    /// <summary>What it holds to be true; the path identifier is 0 where it sends none.</summary>
    public Dictionary<(Prefix Prefix, uint PathId), RouteModel> Routes { get; } = [];

    /// <summary>Families whose End-of-RIB has come.</summary>
    public HashSet<AfiSafi> EndsOfRib { get; } = [];

    /// <summary>Takes an UPDATE.</summary>
    /// <param name="body">Behind the header.</param>
    public void Take(ReadOnlySpan<byte> body)
    {
        var message = new byte[MessageHeader.Length + body.Length];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(16), (ushort)message.Length);
        message[18] = (byte)MessageType.Update;
        body.CopyTo(message.AsSpan(MessageHeader.Length));
        SentUpdates.Read(
            message,
            asnOctets: 4,
            hasPathIds,
            (prefix, pathId, route) => Routes[(prefix, pathId)] = route,
            (prefix, pathId) => Routes.Remove((prefix, pathId)),
            family => EndsOfRib.Add(family));
    }
}
