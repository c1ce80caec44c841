using Routing.Bgp.Rib;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Rib;

/// <summary>A session's output that keeps what a peer would now hold, and refuses on request.</summary>
internal sealed class RecordingOutput(int asnOctets = 4, bool takesPaths = false) : IPeerOutput
{
    /// <summary>Refuse all writes until told otherwise.</summary>
    public bool IsFull { get; set; }

    /// <summary>A write was refused since the last look: the session owes the RIB a word.</summary>
    public bool OwesReady { get; set; }

    /// <summary>What the peer holds.</summary>
    public Dictionary<Prefix, RouteModel> Held { get; } = [];

    /// <summary>What a peer holds that takes several paths of a prefix, by their identifiers.</summary>
    public Dictionary<(Prefix Prefix, uint PathId), RouteModel> HeldPaths { get; } = [];

    public List<AfiSafi> EndsOfRib { get; } = [];

    /// <summary>Marks of refreshes, each with the announcements that came before it.</summary>
    public List<(RouteRefreshSubtype Mark, int Announcements)> Marks { get; } = [];

    public int Messages { get; private set; }

    public int Announcements { get; private set; }

    /// <summary>Withdrawals of prefixes that the peer did not hold.</summary>
    public int NeedlessWithdrawals { get; private set; }

    /// <summary>The very objects taken, to see what is shared.</summary>
    public List<EncodedMessages> Taken { get; } = [];

    public bool TryWrite(ReadOnlySpan<EncodedMessages> messages)
    {
        if (IsFull)
        {
            OwesReady = true;
            return false;
        }

        foreach (var message in messages)
        {
            message.Retain();
            Taken.Add(message);
            var read = SentUpdates.Read(
                message.Octets.Span, asnOctets, takesPaths, Announce, Withdraw, EndsOfRib.Add, Mark);
            Assert.That(read, Is.EqualTo(message.MessageCount));
            Messages += read;
            message.Release();
        }

        return true;
    }

    private void Mark(RouteRefreshMessage mark) => Marks.Add((mark.Subtype, Announcements));

    private void Announce(Prefix prefix, uint pathId, RouteModel model)
    {
        Announcements++;
        if (takesPaths)
        {
            HeldPaths[(prefix, pathId)] = model;
        }
        else
        {
            Held[prefix] = model;
        }
    }

    private void Withdraw(Prefix prefix, uint pathId) => NeedlessWithdrawals +=
        takesPaths ? HeldPaths.Remove((prefix, pathId)) ? 0 : 1
        : Held.Remove(prefix) ? 0 : 1;
}
