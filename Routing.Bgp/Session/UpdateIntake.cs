using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Bgp.Wire.Updates;

namespace Routing.Bgp.Session;

/// <summary>Turns one peer's UPDATEs into batches for the RIB: split, judged, made canonical, copied out of the receive
/// buffer. Allocates nothing per UPDATE.</summary>
/// <param name="peer">Whose.</param>
/// <param name="context">What the session agreed on.</param>
/// <param name="ends">Where each End-of-RIB is noted; null for nowhere.</param>
internal sealed class UpdateIntake(PeerIndex peer, UpdateContext context, ReceivedEnds? ends = null)
{
    /// <summary>Most octets that an UPDATE of an ordinary length can add.</summary>
    private static readonly int MaxUpdateOctets = OctetsFor(MessageHeader.MaxMessageLength);

    /// <summary>Withdrawn, MP_UNREACH_NLRI, NLRI, MP_REACH_NLRI.</summary>
    private const int MaxUpdateEntries = 4;

    // Below the large object heap's threshold of 85,000 octets; a thousand UPDATEs of a full table.
    private const int BatchOctets = 80 * 1024;
    private const int BatchEntries = 1024;

    private readonly AttributeIndex _index = new();
    private readonly UpdateValidator _validator = new(context);
    private UpdateBatch? _batch;

    /// <summary>The batch cannot surely take another UPDATE: <see cref="TakeBatch"/> is due.</summary>
    public bool IsFull => _batch is { } batch
        && (batch.OctetCount + MaxUpdateOctets > batch.Octets.Length
            || batch.EntryCount + MaxUpdateEntries > batch.Entries.Length);

    /// <summary>There is something to hand over.</summary>
    public bool HasEntries => _batch is { EntryCount: > 0 };

    /// <summary>An UPDATE of this length fits beside what the batch holds, or has one to itself. Ordinary ones fit while
    /// <see cref="IsFull"/> is false.</summary>
    public bool HasRoomFor(int bodyLength) => bodyLength <= MessageHeader.MaxMessageLength
        || !HasEntries || _batch!.OctetCount + OctetsFor(bodyLength) <= _batch.Octets.Length;

    /// <summary>Takes an UPDATE in. Only while <see cref="IsFull"/> is false and <see cref="HasRoomFor"/> true.</summary>
    /// <param name="body">After the header; borrowed.</param>
    /// <param name="error">What was wrong with it; with SessionReset, the NOTIFICATION to send.</param>
    public UpdateOutcome Add(ReadOnlySpan<byte> body, out DecodeError? error)
    {
        if (!UpdateReader.TrySplit(body, out var sections, out error))
        {
            return UpdateOutcome.SessionReset;
        }

        if (body.Length > MessageHeader.MaxMessageLength)
        {
            Reserve(OctetsFor(body.Length));
        }

        _index.Fill(sections.Attributes);
        var outcome = _validator.Judge(sections, _index, out error);
        if (outcome != UpdateOutcome.SessionReset)
        {
            AddEntries(sections, withdrawAll: outcome == UpdateOutcome.TreatAsWithdraw);
        }

        return outcome;
    }

    /// <summary>Takes a mark of a refresh in, behind the routes before it. Only while <see cref="IsFull"/> is
    /// false.</summary>
    public void AddMark(UpdateEntryKind mark, AfiSafi family) => Add(new UpdateEntry(mark, family, 0, 0, 0, 0, 0));

    /// <summary>Gives the batch away.</summary>
    public UpdateBatch TakeBatch()
    {
        var batch = Batch();
        _batch = null;
        return batch;
    }

    /// <summary>Its NLRI, and its attributes for either family, AS numbers widened to four octets.</summary>
    private static int OctetsFor(int length) => length + (2 * ((2 * length) + 64));

    /// <summary>Makes room for an extended UPDATE (RFC 8654): such a batch is given up by the pool sooner.</summary>
    private void Reserve(int octets)
    {
        var batch = Batch();
        if (batch.Octets.Length - batch.OctetCount < octets)
        {
            batch.Octets = new byte[octets];
        }
    }

    private UpdateBatch Batch()
    {
        if (_batch is null)
        {
            _batch = UpdateBatchPool.Rent(peer);
            if (_batch.Octets.Length < BatchOctets)
            {
                _batch.Octets = new byte[BatchOctets];
            }

            if (_batch.Entries.Length < BatchEntries)
            {
                _batch.Entries = new UpdateEntry[BatchEntries];
            }
        }

        return _batch;
    }

    /// <summary>Withdrawals first: a prefix in both places of one UPDATE is announced (RFC 4271 §4.3).</summary>
    private void AddEntries(in UpdateSections sections, bool withdrawAll)
    {
        var attributes = sections.Attributes;
        var carriesIPv4 = context.Carries(AfiSafi.IPv4Unicast);
        if (sections.IsEmpty && carriesIPv4)
        {
            AddEndOfRib(AfiSafi.IPv4Unicast);
            return;
        }

        if (!sections.Withdrawn.IsEmpty && carriesIPv4)
        {
            AddWithdrawal(AfiSafi.IPv4Unicast, sections.Withdrawn);
        }

        if (_index.TryFind(AttributeType.MpUnreachNlri, out var unreachEntry)
            && MpUnreachNlri.TryRead(unreachEntry.Value(attributes), out var unreach))
        {
            if (!unreach.Nlri.IsEmpty)
            {
                AddWithdrawal(unreach.Family, unreach.Nlri);
            }
            else if (_index.Entries.Length == 1 && sections.Withdrawn.IsEmpty && sections.Nlri.IsEmpty)
            {
                AddEndOfRib(unreach.Family);
            }
        }

        if (!sections.Nlri.IsEmpty && carriesIPv4)
        {
            // Absent only where it was malformed or forgotten; then the routes are withdrawn and it is not looked at.
            _index.TryFind(AttributeType.NextHop, out var nextHop);
            AddAnnouncement(
                AfiSafi.IPv4Unicast, attributes, nextHop.Value(attributes), sections.Nlri, withdrawAll);
        }

        if (_index.TryFind(AttributeType.MpReachNlri, out var reachEntry)
            && MpReachNlri.TryRead(reachEntry.Value(attributes), out var reach)
            && !reach.Nlri.IsEmpty)
        {
            AddAnnouncement(reach.Family, attributes, reach.NextHop, reach.Nlri, withdrawAll);
        }
    }

    private void AddAnnouncement(
        AfiSafi family,
        ReadOnlySpan<byte> attributes,
        ReadOnlySpan<byte> nextHop,
        ReadOnlySpan<byte> nlri,
        bool withdraw)
    {
        if (withdraw)
        {
            AddWithdrawal(family, nlri);
            return;
        }

        var batch = Batch();
        var start = batch.OctetCount;
        var writer = new WireWriter(batch.Octets.AsSpan(start));
        CanonicalAttributes.Write(ref writer, attributes, _index, context.FourOctetAsn, nextHop);
        if (writer.Position > ushort.MaxValue)
        {
            // Widened AS numbers of an extended UPDATE: more than any UPDATE could tell on, or the RIB store.
            AddWithdrawal(family, nlri);
            return;
        }

        batch.OctetCount += writer.Position;
        Add(new UpdateEntry(
            UpdateEntryKind.Announce,
            family,
            start,
            writer.Position,
            OctetHash.Compute(writer.Written),
            Copy(nlri),
            nlri.Length,
            context.HasPathIds(family)));
    }

    private void AddWithdrawal(AfiSafi family, ReadOnlySpan<byte> nlri) =>
        Add(new UpdateEntry(
            UpdateEntryKind.Withdraw, family, 0, 0, 0, Copy(nlri), nlri.Length, context.HasPathIds(family)));

    private void AddEndOfRib(AfiSafi family)
    {
        ends?.Note(family);
        Add(new UpdateEntry(UpdateEntryKind.EndOfRib, family, 0, 0, 0, 0, 0));
    }

    private void Add(in UpdateEntry entry)
    {
        var batch = Batch();
        batch.Entries[batch.EntryCount++] = entry;
    }

    private int Copy(ReadOnlySpan<byte> octets)
    {
        var batch = Batch();
        var start = batch.OctetCount;
        octets.CopyTo(batch.Octets.AsSpan(start));
        batch.OctetCount += octets.Length;
        return start;
    }
}
