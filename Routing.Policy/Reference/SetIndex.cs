using System.Diagnostics;
using System.Runtime.CompilerServices;
using Routing.Policy.Rules;

namespace Routing.Policy.Reference;

/// <summary>A set, prepared for looking many packets up: what the kernel finds in a hash or a tree. It is made once for a
/// set, and a set that did not change keeps it from ruleset to ruleset.</summary>
internal sealed class SetIndex
{
    private static readonly ConditionalWeakTable<MatchSet, SetIndex> Made = [];

    private readonly MatchSet _set;
    private readonly SetElement[] _byLow = []; // of a set with ranges, by their first address
    private readonly UInt128[] _highest = []; // the last address of the elements up to here

    private SetIndex(MatchSet set)
    {
        _set = set;
        if (!set.Ranges)
        {
            return;
        }

        _byLow = [.. set.Elements.OrderBy(element => element.AddressLow)];
        _highest = new UInt128[_byLow.Length];
        var highest = UInt128.Zero;
        for (var i = 0; i < _byLow.Length; i++)
        {
            _highest[i] = highest = UInt128.Max(highest, _byLow[i].AddressHigh);
        }
    }

    /// <summary>The index of a set.</summary>
    public static SetIndex Of(MatchSet set) => Made.GetValue(set, static made => new SetIndex(made));

    /// <summary>True when the packet's fields are a member.</summary>
    public bool Contains(Packet packet) => Find(packet) is not null;

    /// <summary>The element that the packet's fields are, or are in; null for none.</summary>
    public SetElement? Find(Packet packet)
    {
        if (_set.Family is { } family && family != packet.Source.Family)
        {
            return null;
        }

        var wanted = KeyOf(_set, packet);
        return _set.Ranges ? FindRange(wanted) : _set.Elements.Contains(wanted) ? wanted : null;
    }

    /// <summary>What a packet is looked up as: an element of this one packet.</summary>
    public static SetElement KeyOf(MatchSet set, Packet packet)
    {
        var wanted = default(SetElement);
        foreach (var field in set.Key)
        {
            wanted = field switch
            {
                RuleField.SourceAddress =>
                    wanted with { AddressLow = packet.Source.Value, AddressHigh = packet.Source.Value },
                RuleField.DestinationAddress =>
                    wanted with { AddressLow = packet.Destination.Value, AddressHigh = packet.Destination.Value },
                RuleField.Protocol => wanted with { Protocol = (byte)packet.Protocol },
                RuleField.DestinationPort => wanted with { PortLow = packet.Port, PortHigh = packet.Port },
                RuleField.SourcePort => wanted with { PortLow = packet.SourcePort, PortHigh = packet.SourcePort },
                RuleField.IcmpMessage => (ushort)((packet.IcmpType << 8) | packet.IcmpCode) is var message
                    ? wanted with { PortLow = message, PortHigh = message }
                    : wanted,
                RuleField.InputInterface => wanted with { Interface = packet.InputInterface },
                RuleField.OutputInterface => wanted with { Interface = packet.OutputInterface },
                _ => throw new UnreachableException(),
            };
        }

        return wanted;
    }

    private SetElement? FindRange(SetElement wanted)
    {
        // Elements that begin after the address are out; backwards from there until none reaches it any more.
        var (low, high) = (0, _byLow.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _byLow[middle].AddressLow <= wanted.AddressLow ? (middle + 1, high) : (low, middle);
        }

        for (var i = low - 1; i >= 0 && _highest[i] >= wanted.AddressLow; i--)
        {
            var element = _byLow[i];
            if (element.AddressHigh >= wanted.AddressHigh && element.Protocol == wanted.Protocol
                && element.PortLow <= wanted.PortLow && wanted.PortHigh <= element.PortHigh
                && element.Interface == wanted.Interface)
            {
                return element;
            }
        }

        return null;
    }
}
