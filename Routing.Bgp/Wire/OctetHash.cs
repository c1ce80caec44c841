using System.Runtime.InteropServices;

namespace Routing.Bgp.Wire;

/// <summary>A 64-bit hash of octets for the table of interned attributes: sixteen octets a step, each folded by a 64x64
/// to 128 bit multiplication, in the manner of wyhash.</summary>
/// <remarks>Seeded per process, so that a peer cannot prepare attributes that all fall into one bucket. Values mean
/// nothing outside the process that made them.</remarks>
internal static class OctetHash
{
    private const ulong Prime0 = 0xA0761D6478BD642F;
    private const ulong Prime1 = 0xE7037ED1A0B428DB;
    private static readonly ulong Seed = NewSeed();

    /// <summary>64 bits that no peer can know: a generator of its own takes its state from the kernel's randomness and is
    /// asked once. System.Security.Cryptography would do the same through OpenSSL, which is 5 MB of memory.</summary>
    public static ulong NewSeed()
    {
        Span<byte> octets = stackalloc byte[sizeof(ulong)];
        new Random().NextBytes(octets);
        return MemoryMarshal.Read<ulong>(octets);
    }

    /// <summary>The hash of the octets.</summary>
    public static ulong Compute(ReadOnlySpan<byte> octets)
    {
        var length = (ulong)octets.Length;
        var hash = Seed ^ Prime0;
        while (octets.Length > 16)
        {
            hash = Fold(MemoryMarshal.Read<ulong>(octets) ^ Prime1, MemoryMarshal.Read<ulong>(octets[8..]) ^ hash);
            octets = octets[16..];
        }

        // The tail is padded with zeros; the length below tells it from real zeros.
        Span<byte> tail = stackalloc byte[16];
        tail.Clear();
        octets.CopyTo(tail);
        hash = Fold(MemoryMarshal.Read<ulong>(tail) ^ Prime1, MemoryMarshal.Read<ulong>(tail[8..]) ^ hash);
        return Fold(Prime1 ^ length, hash ^ Prime0);
    }

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
