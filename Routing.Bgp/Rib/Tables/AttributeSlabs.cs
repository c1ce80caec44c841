using System.Runtime.InteropServices;

namespace Routing.Bgp.Rib.Tables;

/// <summary>Octet storage for attribute sets: slabs of 1 MiB cut into places of 8-octet units. A freed place goes to the
/// list of its size; the next set of that size takes it. Places are never joined: sizes repeat so much that a
/// table which is loaded, dropped and loaded again fits where it was.</summary>
internal sealed class AttributeSlabs
{
    private const int UnitBits = 3;
    private const int SlabBits = 20;
    private const int UnitsPerSlab = 1 << (SlabBits - UnitBits);

    /// <summary>Longest set that can be stored; path attributes of one UPDATE are shorter, also with AS numbers
    /// widened to four octets.</summary>
    public const int MaxLength = ushort.MaxValue;

    private readonly List<byte[]> _slabs = [];

    /// <summary>Head of the list of freed places for each size in units; a freed place holds the next one's number. Place
    /// numbers start at 1 in these lists, so that 0 ends one.</summary>
    private readonly int[] _free = new int[UnitsFor(MaxLength) + 1];

    private int _nextUnit;
    private int _endUnit;

    /// <summary>Stores octets.</summary>
    /// <returns>The place, for <see cref="Read"/> and <see cref="Free"/>.</returns>
    public int Store(ReadOnlySpan<byte> octets)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(octets.Length, MaxLength);
        var units = UnitsFor(octets.Length);
        var place = Take(units);
        octets.CopyTo(Span(place, octets.Length));
        return place;
    }

    /// <summary>The octets stored at a place.</summary>
    public ReadOnlySpan<byte> Read(int place, int length) => Span(place, length);

    /// <summary>Gives a place back.</summary>
    public void Free(int place, int length)
    {
        ref var head = ref _free[UnitsFor(length)];
        MemoryMarshal.Write(Span(place, sizeof(int)), head);
        head = place + 1;
    }

    private static int UnitsFor(int length) => Math.Max(1, (length + (1 << UnitBits) - 1) >> UnitBits);

    private int Take(int units)
    {
        ref var head = ref _free[units];
        if (head != 0)
        {
            var freed = head - 1;
            head = MemoryMarshal.Read<int>(Span(freed, sizeof(int)));
            return freed;
        }

        if (_nextUnit + units > _endUnit)
        {
            // What is left of the slab is lost: at most one set in a MiB.
            _nextUnit = _slabs.Count * UnitsPerSlab;
            _endUnit = _nextUnit + UnitsPerSlab;
            var slab = GC.AllocateUninitializedArray<byte>(1 << SlabBits);
            TableMemory.Populate(slab);
            _slabs.Add(slab);
        }

        var place = _nextUnit;
        _nextUnit += units;
        return place;
    }

    private Span<byte> Span(int place, int length) =>
        _slabs[place / UnitsPerSlab].AsSpan((place % UnitsPerSlab) << UnitBits, length);
}
