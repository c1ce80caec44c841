namespace Routing.Policy.Compile;

/// <summary>Which of a stage's rules: a bit for each, by place.</summary>
internal static class RuleMask
{
    /// <summary>No rule.</summary>
    public static ulong[] Empty(int rules) => new ulong[(rules + 63) / 64];

    public static void Set(ulong[] mask, int rule) => mask[rule >> 6] |= 1UL << rule;

    public static bool Has(ReadOnlySpan<ulong> mask, int rule) => (mask[rule >> 6] & (1UL << rule)) != 0;

    public static bool Overlap(ReadOnlySpan<ulong> mask, ReadOnlySpan<ulong> other)
    {
        for (var i = 0; i < mask.Length; i++)
        {
            if ((mask[i] & other[i]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    public static void Add(Span<ulong> mask, ReadOnlySpan<ulong> more)
    {
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] |= more[i];
        }
    }

    public static void Remove(Span<ulong> mask, ReadOnlySpan<ulong> others)
    {
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] &= ~others[i];
        }
    }
}
