using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>What the look-ups of one level have to hold for a peer, so that together with the levels after it they give the
/// peer's decisions. Peers of one class share it.</summary>
internal sealed class LookupCells
{
    private LookupCells(ImmutableArray<LookupCell> cells) => Cells = cells;

    /// <summary>Nothing: the levels after it say all.</summary>
    public static LookupCells None { get; } = new([]);

    /// <summary>What there is to look up; no two overlap in one look-up.</summary>
    public ImmutableArray<LookupCell> Cells { get; }

    /// <summary>Of an address or a range of addresses.</summary>
    /// <param name="own">Its decisions.</param>
    /// <param name="later">What the levels after it say of it.</param>
    /// <param name="isNet">True for a range of addresses.</param>
    public static LookupCells Of(PortDecisions own, PortDecisions later, bool isNet)
    {
        // Either only what differs, or all of it, whichever is shorter. When protocols that nobody names differ, only the
        // second can say so.
        var difference = own.Differ(own.Default, later.Default) ? null : own.Besides(later);
        if (difference is { Count: <= 1 })
        {
            return With(difference, isNet);
        }

        var whole = own.Exceptions();
        return difference is not null && difference.Count <= whole.Count + 1
            ? With(difference, isNet)
            : new LookupCells(
            [
                .. With(whole, isNet).Cells,
                new LookupCell(isNet ? LookupKind.Nets : LookupKind.Peers, 0, default, own.Default),
            ]);
    }

    /// <summary>Of any peer, after which there is only the end, which says <see cref="PortDecisions.Default"/>.</summary>
    public static LookupCells Of(PortDecisions any) => any.Exceptions() is { Count: > 0 } exceptions
        ? new LookupCells([.. exceptions.Select(one => new LookupCell(
            IsMessages(one.Protocol, one.Cell) ? LookupKind.PortMessages
                : one.Cell.Ports.Low == one.Cell.Ports.High ? LookupKind.Ports
                : LookupKind.PortRanges,
            one.Protocol, one.Cell.Ports, one.Cell.Decision))])
        : None;

    private static LookupCells With(List<(byte Protocol, PortCell Cell)> cells, bool isNet)
    {
        if (cells.Count == 0)
        {
            return None;
        }

        var located = ImmutableArray.CreateBuilder<LookupCell>(cells.Count);
        foreach (var (protocol, cell) in cells)
        {
            located.Add(Located(protocol, cell, isNet));
        }

        return new LookupCells(located.MoveToImmutable());
    }

    private static LookupCell Located(byte protocol, PortCell cell, bool isNet) => new(
        (isNet, IsMessages(protocol, cell), cell.Ports.Low == cell.Ports.High) switch
        {
            (true, true, _) => LookupKind.NetMessages,
            (true, false, _) => LookupKind.NetFlows,
            (false, true, _) => LookupKind.Messages,
            (false, false, true) => LookupKind.Flows,
            (false, false, false) => LookupKind.FlowRanges,
        },
        protocol, cell.Ports, cell.Decision);

    /// <summary>True when types and codes count. All of ICMP is all of a protocol, like others.</summary>
    private static bool IsMessages(byte protocol, PortCell cell) =>
        ((TransportProtocol)protocol).HasTypes() && cell.Ports != PortRange.All;
}
