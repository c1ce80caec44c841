using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Text;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>How the key of a set or map lies in octets, and its elements with it.</summary>
/// <remarks>
/// Three kinds of set, three shapes of an element:
/// <code>
///   exact (hash)                key
///   ranges, one field (rbtree)  first key; then, marked as an end, the key after the last (none after the greatest)
///   ranges, fields (pipapo)     first key, last key: both inclusive, field by field
/// </code>
/// The fields of a concatenation are padded to four octets each, the width of a register.
/// </remarks>
internal sealed class SetLayout
{
    /// <summary>Two addresses, an interface name, protocol and port: no key is longer.</summary>
    public const int MaxKeyLength = 16 + 16 + 16 + 4 + 4;

    /// <summary>How many elements a set of exact elements has when it is made for a number of them. Smaller ones grow, which costs
    /// little and never makes them anew; so do sets for which the kernel would have to find a hundred megabytes at once.</summary>
    private const int SizedFrom = 512, SizedTo = 4_000_000;

    private readonly Field[] _fields;

    private SetLayout(IpFamily? family, IEnumerable<RuleField> key, bool ranges)
    {
        var types = key.Select(field => (field, type: TypeOf(field, family))).ToArray();
        _fields = new Field[types.Length];
        for (var i = 0; i < types.Length; i++)
        {
            _fields[i] = new Field(types[i].field, types[i].type, KeyLength);
            KeyLength += types.Length == 1 ? types[i].type.Length : (types[i].type.Length + 3) & ~3;
        }

        Kind = (ranges, types.Length) switch
        {
            (false, _) => SetKind.Exact,
            (true, 1) => SetKind.Interval,
            _ => SetKind.Concatenation,
        };
    }

    /// <summary>Octets of a key.</summary>
    public int KeyLength { get; }

    /// <summary>Which of the three shapes.</summary>
    public SetKind Kind { get; }

    /// <summary>The fields in order, each with the offset of its octets.</summary>
    public IReadOnlyList<Field> Fields => _fields;

    /// <summary>The capacity for a new set of this many elements; 0 for one that grows.</summary>
    /// <remarks>The kernel takes half the time for an element of a hash table that has its size from the start. It makes a table of the
    /// power of two from 4/3 of the capacity on; this is all that fits into one with two to four places for each element.</remarks>
    public int CapacityFor(int elements) => Kind != SetKind.Exact || elements is < SizedFrom or > SizedTo ? 0
        : (int)BitOperations.RoundUpToPowerOf2(2 * (uint)elements) / 4 * 3;

    public static SetLayout Of(MatchSet set) => new(set.Family, set.Key, set.Ranges);

    public static SetLayout Of(VerdictMap map) => new(null, [map.Key], ranges: false);

    /// <summary>The set as the kernel is told of it.</summary>
    public static NftSet Define(MatchSet set, int capacity = 0) =>
        Of(set).Define(set.Name, set.Comment) with { Expression = set.IsCounted ? NftSet.Counter : "", Capacity = capacity };

    /// <summary>Likewise, the map.</summary>
    public static NftSet Define(VerdictMap map) => Of(map).Define(map.Name, map.Comment, NftSetFlags.Map);

    private NftSet Define(string name, string comment, NftSetFlags more = NftSetFlags.None) => new(
        name,
        more | Kind switch
        {
            SetKind.Interval => NftSetFlags.Interval,
            SetKind.Concatenation => NftSetFlags.Interval | NftSetFlags.Concatenation,
            _ => NftSetFlags.None,
        },
        NftDataType.Concatenate(_fields.Select(field => field.Type)),
        KeyLength,
        Kind == SetKind.Concatenation ? _fields.Select(field => field.Type.Length).ToEquatableArray() : [],
        _fields.Length == 1 ? _fields[0].Type.ByteOrder : NftByteOrder.Invalid,
        NftUserData.Fit(comment));

    /// <summary>Writes an element in the set's shape.</summary>
    public void Write(ref NftBatch.ElementList list, in SetElement element)
    {
        Span<byte> keys = stackalloc byte[2 * MaxKeyLength];
        var low = keys[..KeyLength];
        var high = keys.Slice(MaxKeyLength, KeyLength);
        WriteKey(low, in element, last: false);
        switch (Kind)
        {
            case SetKind.Exact:
                list.Add(low);
                break;
            case SetKind.Interval:
                list.Add(low);
                WriteKey(high, in element, last: true);
                if (KeyMath.TryIncrement(high))
                {
                    list.Add(high, isIntervalEnd: true);
                }

                break;
            case SetKind.Concatenation:
                WriteKey(high, in element, last: true);
                list.Add(low, high);
                break;
        }
    }

    /// <summary>Writes an element's first or last key.</summary>
    public void WriteKey(Span<byte> target, in SetElement element, bool last)
    {
        target.Clear();
        foreach (var field in _fields)
        {
            var octets = target.Slice(field.Offset, field.Type.Length);
            switch (field.Source)
            {
                case RuleField.SourceAddress or RuleField.DestinationAddress when octets.Length == 4:
                    var address = last ? element.AddressHigh : element.AddressLow;
                    BinaryPrimitives.WriteUInt32BigEndian(octets, (uint)address);
                    break;
                case RuleField.SourceAddress or RuleField.DestinationAddress:
                    BinaryPrimitives.WriteUInt128BigEndian(octets, last ? element.AddressHigh : element.AddressLow);
                    break;
                case RuleField.Protocol:
                    octets[0] = element.Protocol;
                    break;
                case RuleField.DestinationPort or RuleField.SourcePort or RuleField.IcmpMessage:
                    BinaryPrimitives.WriteUInt16BigEndian(octets, last ? element.PortHigh : element.PortLow);
                    break;
                case RuleField.InputInterface or RuleField.OutputInterface:
                    WriteInterface(octets, element.Interface ?? "");
                    break;
            }
        }
    }

    /// <summary>Reads an element from its first and last key.</summary>
    public SetElement Read(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high)
    {
        var element = default(SetElement);
        foreach (var field in _fields)
        {
            var first = low.Slice(field.Offset, field.Type.Length);
            var last = high.Slice(field.Offset, field.Type.Length);
            element = field.Source switch
            {
                RuleField.SourceAddress or RuleField.DestinationAddress => element with
                {
                    AddressLow = KeyMath.Number(first), AddressHigh = KeyMath.Number(last),
                },
                RuleField.Protocol => element with { Protocol = first[0] },
                RuleField.DestinationPort or RuleField.SourcePort or RuleField.IcmpMessage => element with
                {
                    PortLow = (ushort)KeyMath.Number(first), PortHigh = (ushort)KeyMath.Number(last),
                },
                _ => element with { Interface = ReadInterface(first) },
            };
        }

        return element;
    }

    /// <summary>An interface name as a key: its characters, then zeros.</summary>
    public static void WriteInterface(Span<byte> target, string name)
    {
        target.Clear();
        Encoding.UTF8.GetBytes(name, target);
    }

    public static string ReadInterface(ReadOnlySpan<byte> key) => Encoding.UTF8.GetString(key.TrimEnd((byte)0));

    private static NftDataType TypeOf(RuleField field, IpFamily? family) => field switch
    {
        RuleField.SourceAddress or RuleField.DestinationAddress =>
            family == IpFamily.V6 ? NftDataType.IPv6Address : NftDataType.IPv4Address,
        RuleField.Protocol => NftDataType.Protocol,
        RuleField.DestinationPort or RuleField.SourcePort or RuleField.IcmpMessage => NftDataType.Port,
        RuleField.InputInterface or RuleField.OutputInterface => NftDataType.InterfaceName,
        _ => throw new UnreachableException($"{field} is no field of a set."),
    };

    /// <summary>A field of the key.</summary>
    internal readonly record struct Field(RuleField Source, NftDataType Type, int Offset);
}

/// <summary>Shapes of a set, see <see cref="SetLayout"/>.</summary>
internal enum SetKind
{
    Exact,
    Interval,
    Concatenation,
}
