using System.Buffers.Binary;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Session;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Updates;

namespace Routing.Tests.Fuzz;

/// <summary>A peer that judges what it is sent as we judge what we are sent (RFC 7606): we must not send what is
/// malformed.</summary>
internal sealed class JudgingOutput(bool isExternal, bool fourOctets) : IPeerOutput
{
    private readonly UpdateContext _context = new(
        [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast], isExternal, fourOctets, pathIds: []) { Rules = new UpdateRules { AcceptsAsSets = true } };

    public bool TryWrite(ReadOnlySpan<EncodedMessages> messages)
    {
        foreach (var part in messages)
        {
            for (var octets = part.Octets.Span; !octets.IsEmpty;)
            {
                var length = BinaryPrimitives.ReadUInt16BigEndian(octets[MessageHeader.MarkerLength..]);
                var intake = new UpdateIntake(new PeerIndex(1), _context);
                var outcome = intake.Add(octets[MessageHeader.Length..length], out var error);
                Assert.That(
                    outcome, Is.EqualTo(UpdateOutcome.Accept), $"{error?.Reason}: {Convert.ToHexString(octets[..length])}");
                if (intake.HasEntries)
                {
                    UpdateBatchPool.Return(intake.TakeBatch());
                }

                octets = octets[length..];
            }
        }

        return true;
    }
}
