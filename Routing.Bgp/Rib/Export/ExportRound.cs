using System.Runtime.InteropServices;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Rib.Export;

/// <summary>One slice of work for one view: collects changes, has them judged by the export policy and encoded once, and hands
/// the messages to every member.</summary>
/// <remarks>
/// <code>
///  walk or journal > ChangeCollector > ExportPolicyPass > ChangeEncoder: announcements by (source, attributes)
///                                                                        withdrawals by source
///                  > MessageBuffers  > each member, less its own segments
/// </code>
/// A member that is the new source of a prefix it had from another gets a withdrawal of its own. What has been advertised
/// is noted only for members that took the round: the others leave with the state from before it.
/// Shared by all groups of a family, so its arrays are made once.
/// </remarks>
internal sealed class ExportRound
{
    private readonly LocRib _locRib;
    private readonly UpdateEncoder _encoder;
    private readonly ExportPolicyPass _policies;
    private readonly ChangeCollector _collector;
    private readonly ChangeEncoder _changeEncoder;
    private readonly MessageBuffers _shared = new();
    private readonly MessageBuffers _single = new();
    private readonly List<EncodedMessages> _forMember = [];
    private readonly List<EncodedMessages> _slices = [];

    public ExportRound(LocRib locRib, ExportSelection exports, UpdateEncoder encoder, ExportPolicyPass policies)
    {
        (_locRib, _encoder, _policies) = (locRib, encoder, policies);
        _collector = new ChangeCollector(locRib, exports);
        _changeEncoder = new ChangeEncoder(encoder, _collector.Changes);
    }

    /// <summary>Does one slice.</summary>
    /// <returns>True when it did something.</returns>
    public bool Run(UpdateGroup group, ExportView view)
    {
        var journalEnd = _locRib.Journal.End;
        if (!view.HasWork(journalEnd) || view.Members.TrueForAll(member => member.IsBlocked))
        {
            return false;
        }

        if (view.NextRow == 1)
        {
            SendBeginOfRefresh(view);
        }

        if (view.Members.Exists(member => member.IsBlocked))
        {
            group.Split(view, member => member.IsBlocked);
        }

        var (position, nextRow) = (view.JournalPosition, view.NextRow);
        _collector.Collect(group, view, ref position, ref nextRow);
        if (group.Policy is { } policy)
        {
            _policies.Apply(policy, group.Key, _collector.Changes);
        }

        _changeEncoder.Encode(group.Key, view, _shared);
        _policies.Release();
        Deliver(group, view);
        if (view.Members.TrueForAll(member => member.IsBlocked))
        {
            return true;
        }

        foreach (ref readonly var change in CollectionsMarshal.AsSpan(_collector.Changes))
        {
            view.SetAdvertised(change);
        }

        (view.JournalPosition, view.NextRow) = (position, nextRow);
        if (!view.IsWalking && position == journalEnd)
        {
            SendEnds(view);
        }

        return true;
    }

    private void Deliver(UpdateGroup group, ExportView view)
    {
        var refused = false;
        foreach (var member in view.Members)
        {
            _forMember.Clear();
            _slices.Clear();
            _shared.CollectFor(member.Peer, _forMember, _slices);
            if (_collector.SourceMoved && _changeEncoder.TryEncodeOwn(view, member.Peer, _single))
            {
                _single.CollectFor(member.Peer, _forMember, _slices);
            }

            if (_forMember.Count > 0 && !member.Output.TryWrite(CollectionsMarshal.AsSpan(_forMember)))
            {
                refused = member.IsBlocked = true;
            }

            foreach (var slice in _slices)
            {
                slice.Release();
            }

            _single.Release();
        }

        _shared.Release();
        if (refused && view.Members.Exists(member => !member.IsBlocked))
        {
            group.Split(view, member => member.IsBlocked);
        }
    }

    /// <summary>What goes to single members at the begin of a walk.</summary>
    private void SendBeginOfRefresh(ExportView view)
    {
        foreach (var member in view.Members)
        {
            if (member.OwesBeginOfRefresh && TrySend(member, RouteRefreshSubtype.Begin))
            {
                (member.OwesBeginOfRefresh, member.OwesEndOfRefresh) = (false, true);
            }
        }
    }

    /// <summary>What goes to single members when they have been told all there is.</summary>
    private void SendEnds(ExportView view)
    {
        foreach (var member in view.Members)
        {
            member.OwesEndOfRib = member.OwesEndOfRib && !TrySend(member, mark: null);
            member.OwesEndOfRefresh = member.OwesEndOfRefresh && !TrySend(member, RouteRefreshSubtype.End);
        }
    }

    /// <summary>Sends End-of-RIB, or a mark of a refresh, to one member.</summary>
    private bool TrySend(GroupMember member, RouteRefreshSubtype? mark)
    {
        _forMember.Clear();
        _single.Begin(large: false);
        if (mark is { } subtype)
        {
            _encoder.Mark(_single, subtype);
        }
        else
        {
            _encoder.EndOfRib(_single);
        }

        _single.End();
        _single.CollectFor(member.Peer, _forMember, _slices);
        member.IsBlocked |= !member.Output.TryWrite(CollectionsMarshal.AsSpan(_forMember));
        _single.Release();
        return !member.IsBlocked;
    }
}
