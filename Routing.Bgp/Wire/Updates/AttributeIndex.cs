using System.Runtime.CompilerServices;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Updates;

/// <summary>The attributes of one UPDATE in ascending type order, the first of each type only (RFC 7606 §3.g). A
/// session has one and fills it anew for each UPDATE, so nothing is allocated.</summary>
internal sealed class AttributeIndex
{
    private readonly AttributeEntry[] _entries = new AttributeEntry[256];
    private TypeSet _seen;
    private int _count;

    /// <summary>The attributes that count, in ascending type order.</summary>
    public ReadOnlySpan<AttributeEntry> Entries => _entries.AsSpan(0, _count);

    /// <summary>An attribute header or length runs past the end of the field (RFC 7606 §4).</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>MP_REACH_NLRI or MP_UNREACH_NLRI came twice (RFC 7606 §3.g).</summary>
    public bool HasRepeatedMultiprotocol { get; private set; }

    /// <summary>Another attribute came twice; the later ones are not in the index.</summary>
    public bool HasRepeated { get; private set; }

    /// <summary>Reads the Path Attributes field; what was in the index is forgotten.</summary>
    public void Fill(ReadOnlySpan<byte> attributes)
    {
        _count = 0;
        _seen = default;
        HasRepeatedMultiprotocol = HasRepeated = false;
        var cursor = new AttributeCursor(attributes);
        var offset = 0;
        while (cursor.TryRead(out var attribute))
        {
            Add(attribute, (ushort)offset);
            offset = attributes.Length - cursor.Rest.Length;
        }

        IsTruncated = !cursor.Rest.IsEmpty;
    }

    /// <summary>True when the attribute is there and has not been removed.</summary>
    public bool TryFind(AttributeType type, out AttributeEntry entry)
    {
        if (_seen.Contains((byte)type))
        {
            foreach (ref readonly var candidate in Entries)
            {
                if (candidate.Type == type)
                {
                    entry = candidate;
                    return true;
                }
            }
        }

        entry = default;
        return false;
    }

    /// <summary>Takes an attribute out: it is to be treated as if it had not come.</summary>
    public void RemoveAt(int index)
    {
        _seen.Remove((byte)_entries[index].Type);
        _count--;
        _entries.AsSpan(index + 1, _count - index).CopyTo(_entries.AsSpan(index));
    }

    private void Add(PathAttribute attribute, ushort offset)
    {
        if (!_seen.Add((byte)attribute.Type))
        {
            HasRepeated = true;
            HasRepeatedMultiprotocol |= attribute.Type is AttributeType.MpReachNlri or AttributeType.MpUnreachNlri;
            return;
        }

        // Attributes come in ascending order (RFC 4271 §5) but for MP_REACH_NLRI in front, so this seldom moves
        // anything.
        var place = _count++;
        while (place > 0 && _entries[place - 1].Type > attribute.Type)
        {
            _entries[place] = _entries[place - 1];
            place--;
        }

        _entries[place] = new AttributeEntry(
            attribute.Type,
            attribute.Flags,
            offset,
            (byte)(attribute.Octets.Length - attribute.Value.Length),
            (ushort)attribute.Value.Length);
    }

    /// <summary>256 bits, one for each type.</summary>
    [InlineArray(4)]
    private struct TypeSet
    {
        private ulong _word;

        public readonly bool Contains(byte type) => (this[type >> 6] & (1UL << type)) != 0;

        public bool Add(byte type)
        {
            ref var word = ref this[type >> 6];
            var bit = 1UL << type;
            var added = (word & bit) == 0;
            word |= bit;
            return added;
        }

        public void Remove(byte type) => this[type >> 6] &= ~(1UL << type);
    }
}
