using System.Buffers.Binary;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>Keys of up to 16 octets as numbers, most significant octet first.</summary>
internal static class KeyMath
{
    public static UInt128 Number(ReadOnlySpan<byte> octets)
    {
        Span<byte> wide = stackalloc byte[16];
        wide.Clear();
        octets.CopyTo(wide[(16 - octets.Length)..]);
        return BinaryPrimitives.ReadUInt128BigEndian(wide);
    }

    /// <summary>Adds one.</summary>
    /// <returns>False for the greatest key, which has no successor.</returns>
    public static bool TryIncrement(Span<byte> octets)
    {
        for (var i = octets.Length - 1; i >= 0; i--)
        {
            if (++octets[i] != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes a number into all of the octets.</summary>
    public static void Write(Span<byte> octets, UInt128 number)
    {
        Span<byte> wide = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(wide, number);
        wide[(16 - octets.Length)..].CopyTo(octets);
    }
}
