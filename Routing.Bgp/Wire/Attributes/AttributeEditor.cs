using System.Buffers.Binary;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>Edits path attributes in their canonical form (see <c>UpdateBatch</c>), so that the result can be interned as
/// it stands: ascending types, each once, shortest lengths, flags as the type wants them.</summary>
/// <remarks>
/// One buffer, used again and again: load a set, edit it, take <see cref="Octets"/>. Nothing is allocated once the buffer
/// has grown to the largest set seen. An edit that would make the set longer than <see cref="MaxLength"/> is left out and
/// noted in <see cref="IsOverflowing"/>; a route with such attributes is not to be used, as nobody could be told it.
/// Not thread-safe: whoever edits has one of their own.
/// </remarks>
internal sealed partial class AttributeEditor
{
    /// <summary>Longest set: what one UPDATE can carry, also an extended one (RFC 8654 §4).</summary>
    public const int MaxLength = ushort.MaxValue;

    private const AttributeFlags WellKnown = AttributeFlags.Transitive;
    private const AttributeFlags OptionalTransitive = AttributeFlags.Optional | AttributeFlags.Transitive;

    private byte[] _octets = new byte[512];
    private byte[] _scratch = new byte[512];
    private int _length;

    /// <summary>The attributes as they stand now; valid until the next edit.</summary>
    public ReadOnlySpan<byte> Octets => _octets.AsSpan(0, _length);

    /// <summary>Some edit since <see cref="Load"/> changed an octet.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Some edit since <see cref="Load"/> found no room.</summary>
    public bool IsOverflowing { get; private set; }

    /// <summary>Takes a set to edit; what was in the editor is forgotten.</summary>
    public void Load(ReadOnlySpan<byte> canonical)
    {
        EnsureCapacity(ref _octets, canonical.Length);
        canonical.CopyTo(_octets);
        _length = canonical.Length;
        IsChanged = IsOverflowing = false;
    }

    /// <summary>Finds an attribute's value; valid until the next edit.</summary>
    public bool TryFind(AttributeType type, out ReadOnlySpan<byte> value) =>
        AttributeCursor.TryFind(Octets, type, out value);

    /// <summary>Sets an attribute: replaces its value, or adds it in its place.</summary>
    /// <param name="flags">Optional, Transitive and Partial.</param>
    /// <param name="type">The type; MP_REACH_NLRI and MP_UNREACH_NLRI are no canonical attributes.</param>
    /// <param name="value">Not a span of this editor.</param>
    public void Set(AttributeFlags flags, AttributeType type, scoped ReadOnlySpan<byte> value)
    {
        var (offset, length) = Locate(type);
        if (length > 0 && value.SequenceEqual(ValueAt(offset, length)) && (_octets[offset] & 0xE0) == (byte)flags)
        {
            return;
        }

        if (!TryReplace(offset, length, AttributeWriter.EncodedLength(value.Length)))
        {
            return;
        }

        var writer = new WireWriter(_octets.AsSpan(offset));
        AttributeWriter.Write(ref writer, flags, type, value);
    }

    /// <summary>Takes an attribute out.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Remove(AttributeType type)
    {
        var (offset, length) = Locate(type);
        return length > 0 && TryReplace(offset, length, 0);
    }

    /// <summary>ORIGIN: 0 IGP, 1 EGP, 2 INCOMPLETE.</summary>
    public void SetOrigin(byte origin) => Set(WellKnown, AttributeType.Origin, [origin]);

    /// <summary>The next hop of any family: 4, 16 or 32 octets.</summary>
    public void SetNextHop(scoped ReadOnlySpan<byte> nextHop) => Set(WellKnown, AttributeType.NextHop, nextHop);

    /// <summary>LOCAL_PREF.</summary>
    public void SetLocalPref(uint value) => SetUInt32(WellKnown, AttributeType.LocalPref, value);

    /// <summary>LOCAL_PREF changed by an amount, or the default changed by it where there is none; at the ends of its range
    /// it stays there.</summary>
    public void AddLocalPref(long change, uint missing) =>
        SetLocalPref(Add(TryReadUInt32(AttributeType.LocalPref) ?? missing, change));

    /// <summary>MULTI_EXIT_DISC.</summary>
    public void SetMed(uint value) => SetUInt32(AttributeFlags.Optional, AttributeType.MultiExitDisc, value);

    /// <summary>MULTI_EXIT_DISC changed by an amount, or 0 where there is none; at the ends of its range it stays
    /// there.</summary>
    public void AddMed(long change) => SetMed(Add(TryReadUInt32(AttributeType.MultiExitDisc) ?? 0, change));

    /// <summary>The AIGP metric (RFC 7311 §3); other TLVs of the attribute go.</summary>
    public void SetAigp(ulong metric)
    {
        Span<byte> value = stackalloc byte[Aigp.EncodedLength];
        Aigp.Write(value, metric);
        Set(AttributeFlags.Optional, AttributeType.Aigp, value);
    }

    /// <summary>ONLY_TO_CUSTOMER (RFC 9234 §5).</summary>
    public void SetOnlyToCustomer(uint asn) => SetUInt32(OptionalTransitive, AttributeType.OnlyToCustomer, asn);

    private static uint Add(uint value, long change) => (uint)Math.Clamp(value + change, uint.MinValue, uint.MaxValue);

    private void SetUInt32(AttributeFlags flags, AttributeType type, uint number)
    {
        Span<byte> value = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(value, number);
        Set(flags, type, value);
    }

    private uint? TryReadUInt32(AttributeType type) =>
        TryFind(type, out var value) && value.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(value) : null;

    /// <summary>Where an attribute stands, or with length 0 where it belongs.</summary>
    private (int Offset, int Length) Locate(AttributeType type)
    {
        var cursor = new AttributeCursor(Octets);
        var offset = 0;
        while (cursor.TryRead(out var attribute))
        {
            if (attribute.Type >= type)
            {
                return (offset, attribute.Type == type ? attribute.Octets.Length : 0);
            }

            offset += attribute.Octets.Length;
        }

        return (offset, 0);
    }

    private Span<byte> ValueAt(int offset, int length)
    {
        var header = (_octets[offset] & (byte)AttributeFlags.ExtendedLength) != 0 ? 4 : 3;
        return _octets.AsSpan(offset + header, length - header);
    }

    /// <summary>Makes a place as long as what will be written there.</summary>
    private bool TryReplace(int offset, int oldLength, int newLength)
    {
        var total = _length - oldLength + newLength;
        if (total > MaxLength)
        {
            IsOverflowing = true;
            return false;
        }

        EnsureCapacity(ref _octets, total);
        _octets.AsSpan(offset + oldLength, _length - offset - oldLength).CopyTo(_octets.AsSpan(offset + newLength));
        _length = total;
        IsChanged = true;
        return true;
    }

    private static void EnsureCapacity(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            Array.Resize(ref buffer, Math.Max(length, buffer.Length * 2));
        }
    }
}
