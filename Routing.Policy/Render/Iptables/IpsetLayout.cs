using System.Diagnostics;
using Routing.Policy.Rules;

namespace Routing.Policy.Render.Iptables;

/// <summary>How a <see cref="MatchSet"/> lies in ipsets, and how a rule asks them.</summary>
/// <remarks>
/// <code>
///   key                              exact            ranges
///   address                          hash:ip          hash:net
///   address . protocol . port        hash:ip,port     hash:net,port   and  -p P --dport L:H + hash:net
///                                    (a source's port  stands beside its address alone, and in no range)
///   interface . address              hash:net,iface
///   protocol . port                  bitmap:port for TCP, one for UDP     -p P --dport L:H for the rest
/// </code>
/// A range of addresses is cut into blocks; /0, which these types do not take, into two halves. A range of at most
/// <see cref="WidestCutRange"/> ports goes in port by port; a wider one becomes a rule of its own, with the
/// addresses that it holds for in a set. So a look-up is a rule, and one more for each distinct wide range of ports:
/// the addresses and narrow ranges, which are many, cost nothing. ICMP's type and code stand where ports do; a wide range
/// of them is a rule for each type, as iptables matches one at a time.
/// </remarks>
public sealed class IpsetLayout
{
    /// <summary>The most ports of a range that goes in one by one.</summary>
    public const int WidestCutRange = 64;

    private const byte Icmp = 1, Tcp = 6, Udp = 17, IcmpV6 = 58, Sctp = 132, UdpLite = 136, Dccp = 33;

    private readonly MatchSet _set;
    private readonly Shape _shape;
    private readonly string _flags; // of the ipset with the whole key
    private readonly string _addressFlag;

    private IpsetLayout(MatchSet set)
    {
        _set = set;
        _addressFlag = set.Key.Contains(RuleField.SourceAddress) ? "src" : "dst";
        var interfaceFlag = set.Key.Contains(RuleField.InputInterface) ? "src" : "dst";
        (_shape, _flags) = Describe(set.Key) switch
        {
            "A" => (Shape.Address, _addressFlag),
            "APN" or "APT" => (Shape.Flow, $"{_addressFlag},dst"),
            "APS" => (Shape.Flow, $"{_addressFlag},src"),
            "AI" => (Shape.AddressOfInterface, $"{_addressFlag},{interfaceFlag}"),
            "PN" or "PT" or "N" => (Shape.Ports, "dst"),
            "PS" => (Shape.Ports, "src"),
            var key => throw new NotSupportedException($"set {set.Name}: iptables has no set with the key {key}"),
        };
    }

    private enum Shape
    {
        Address,
        Flow,
        AddressOfInterface,
        Ports,
    }

    /// <summary>The layout of a set's key; what the set holds plays no part.</summary>
    public static IpsetLayout Of(MatchSet set) => new(set);

    /// <summary>The parts that a set has even while they are empty: rules name them, and need not change when the first
    /// element comes.</summary>
    public IEnumerable<IpsetPart> LastingParts =>
        _shape == Shape.Ports ? [] : [new IpsetPart(IpsetPartKind.Main)];

    /// <summary>True when the part is seen by packets of this family.</summary>
    public bool Concerns(IpFamily family) => _set.Family is null || _set.Family == family;

    /// <summary>The ipset of a part; null for one that is all in its rule.</summary>
    public IpsetDefinition? Define(IpsetPart part)
    {
        var address = _set.Ranges ? "hash:net" : "hash:ip";
        IpsetDefinition? ipset = part.Kind switch
        {
            IpsetPartKind.TcpPorts => new(IptablesNames.Set($"{_set.Name}-t"), IpsetDefinition.PortBitmap, null),
            IpsetPartKind.UdpPorts => new(IptablesNames.Set($"{_set.Name}-u"), IpsetDefinition.PortBitmap, null),
            IpsetPartKind.Range when _shape == Shape.Ports => null,
            IpsetPartKind.Range => new(
                IptablesNames.Set($"{_set.Name}-{part.Protocol}-{part.Low}-{part.High}"), address, _set.Family),
            _ => new(
                IptablesNames.Set(_set.Name),
                _shape switch
                {
                    Shape.Flow => address + ",port",
                    Shape.AddressOfInterface => "hash:net,iface",
                    _ => address,
                },
                _set.Family),
        };
        return ipset is null ? null : ipset with { IsCounted = _set.IsCounted };
    }

    /// <summary>The parts that elements lie in, those that last among them.</summary>
    public IEnumerable<IpsetPart> Parts(IEnumerable<SetElement> elements) => LastingParts.Union(
        elements.Where(element => _shape == Shape.Ports || IsWide(element)).SelectMany(Entries).Select(entry => entry.Part));

    /// <summary>What of the set an element of a part stands for: one of the set's elements, or a piece of one.</summary>
    /// <param name="part">The part.</param>
    /// <param name="entry">Its element; null for a part without an ipset.</param>
    public SetElement Piece(IpsetPart part, IpsetEntry? entry)
    {
        var one = entry ?? default;
        var (low, high) = (one.Address, one.Address);
        if (_set.Family is { } family)
        {
            high += (UInt128.One << (IpsetEntry.Width(family) - one.Length)) - 1;
        }

        return part.Kind switch
        {
            IpsetPartKind.TcpPorts => new SetElement(Protocol: Tcp, PortLow: one.Port, PortHigh: one.Port),
            IpsetPartKind.UdpPorts => new SetElement(Protocol: Udp, PortLow: one.Port, PortHigh: one.Port),
            IpsetPartKind.Range => new SetElement(low, high, part.Protocol, part.Low, part.High),
            _ => new SetElement(low, high, one.Protocol, one.Port, one.Port, one.Interface),
        };
    }

    /// <summary>What a rule says to ask a part, its ipset aside; of several one must hold.</summary>
    /// <param name="part">The part.</param>
    /// <param name="family">The packets that see the rule.</param>
    /// <param name="flags">The directions that `--match-set` takes.</param>
    /// <returns>The protocol that the packet must have and the match on its ports, where there are such.</returns>
    internal IEnumerable<(byte? Protocol, string Ports)> Conditions(IpsetPart part, IpFamily family, out string flags)
    {
        flags = part.Kind == IpsetPartKind.Range ? _addressFlag : _flags;
        return part.Kind switch
        {
            IpsetPartKind.TcpPorts => [(Tcp, "")],
            IpsetPartKind.UdpPorts => [(Udp, "")],
            IpsetPartKind.Range => PortMatches(part, family).Select(match => ((byte?)part.Protocol, match)),
            _ => [(null, "")],
        };
    }

    /// <summary>Cuts an element into elements of ipsets, each with its part; null for a part without an ipset. What
    /// overlaps nothing in the set is cut into what no other element is cut into.</summary>
    public IEnumerable<(IpsetPart Part, IpsetEntry? Entry)> Entries(SetElement element)
    {
        switch (_shape)
        {
            case Shape.Address:
                return Blocks(element).Select(block => (new IpsetPart(IpsetPartKind.Main), (IpsetEntry?)block));
            case Shape.AddressOfInterface:
                return Blocks(element).Select(block =>
                    (new IpsetPart(IpsetPartKind.Main), (IpsetEntry?)(block with { Interface = element.Interface })));
            case Shape.Ports when _set.Key.Contains(RuleField.Protocol):
                return PortEntries(element);
            case Shape.Ports:
                return new[] { Tcp, Udp, Sctp }.SelectMany(protocol => PortEntries(element with { Protocol = protocol }));
            case Shape.Flow:
                return FlowEntries(element);
            default:
                throw new UnreachableException();
        }
    }

    private static IEnumerable<(IpsetPart Part, IpsetEntry? Entry)> PortEntries(SetElement element)
    {
        IpsetPartKind? bitmap = element.Protocol switch
        {
            _ when IsWide(element) => null,
            Tcp => IpsetPartKind.TcpPorts,
            Udp => IpsetPartKind.UdpPorts,
            _ => null, // bitmap:port sees the ports of these two alone
        };
        if (bitmap is not { } kind)
        {
            return [(new IpsetPart(IpsetPartKind.Range, element.Protocol, element.PortLow, element.PortHigh), null)];
        }

        return PortsOf(element).Select(port => (new IpsetPart(kind), (IpsetEntry?)new IpsetEntry(Port: port)));
    }

    private IEnumerable<(IpsetPart Part, IpsetEntry? Entry)> FlowEntries(SetElement element)
    {
        if (IsWide(element))
        {
            var part = new IpsetPart(IpsetPartKind.Range, element.Protocol, element.PortLow, element.PortHigh);
            return Blocks(element).Select(block => (part, (IpsetEntry?)block));
        }

        if (element.Protocol == (_set.Family == IpFamily.V4 ? IcmpV6 : Icmp))
        {
            return []; // no such message exists, and ipset has no word for it
        }

        return Blocks(element).SelectMany(block => PortsOf(element).Select(port => (
            new IpsetPart(IpsetPartKind.Main), (IpsetEntry?)(block with { Protocol = element.Protocol, Port = port }))));
    }

    private static bool IsWide(SetElement element) => element.PortHigh - element.PortLow >= WidestCutRange;

    private static IEnumerable<ushort> PortsOf(SetElement element)
    {
        for (int port = element.PortLow; port <= element.PortHigh; port++)
        {
            yield return (ushort)port;
        }
    }

    /// <summary>The fewest blocks that a range of addresses is made of, none as large as /0.</summary>
    private IEnumerable<IpsetEntry> Blocks(SetElement element)
    {
        var width = IpsetEntry.Width(_set.Family!.Value);
        for (var (low, last) = (element.AddressLow, false); !last;)
        {
            // As large as its first address is aligned, and no larger than what is left.
            var bits = Math.Min(low == 0 ? width - 1 : (int)UInt128.TrailingZeroCount(low), width - 1);
            while (bits > 0 && element.AddressHigh - low < (UInt128.One << bits) - 1)
            {
                bits--;
            }

            yield return new IpsetEntry(low, (byte)(width - bits));
            var end = low + ((UInt128.One << bits) - 1);
            last = end >= element.AddressHigh;
            low = end + 1;
        }
    }

    private IEnumerable<string> PortMatches(IpsetPart part, IpFamily family)
    {
        if (part is { Low: 0, High: ushort.MaxValue })
        {
            return [""]; // all of the protocol
        }

        var ports = part.Low == part.High ? $"{part.Low}" : $"{part.Low}:{part.High}";
        var side = _flags == "src" ? "s" : "d";
        return part.Protocol switch
        {
            Tcp or Udp or Sctp => [$" -m {ProtocolNames.Of(part.Protocol)} --{side}port {ports}"],
            UdpLite or Dccp => [$" -m multiport --{side}ports {ports}"],
            Icmp or IcmpV6 => IcmpMatch.Of(part.Protocol, part.Low, part.High, family, LastIcmpType.InIpset),
            _ => throw new NotSupportedException($"protocol {part.Protocol} has no ports that iptables could match"),
        };
    }

    /// <summary>The key's fields by their initials, the address first.</summary>
    private static string Describe(IEnumerable<RuleField> key) => string.Concat(key.Select(field => field switch
    {
        RuleField.SourceAddress or RuleField.DestinationAddress => "A",
        RuleField.InputInterface or RuleField.OutputInterface => "I",
        RuleField.Protocol => "P",
        RuleField.DestinationPort => "N",
        RuleField.SourcePort => "S",
        RuleField.IcmpMessage => "T",
        _ => field.ToString(),
    }).OrderBy(initial => "APNSTI".IndexOf(initial, StringComparison.Ordinal)));
}
