namespace Routing.Tests.Fuzz;

/// <summary>Changes octets as fuzzers do. The same seed makes the same inputs.</summary>
internal sealed class Mutator(int seed)
{
    private const int MaxLength = 16 * 1024;

    private static readonly byte[] Interesting = [0, 1, 2, 3, 4, 14, 15, 16, 32, 33, 64, 127, 128, 129, 192, 254, 255];

    private readonly Random _random = new(seed);

    /// <summary>One of the seeds, changed in up to eight places.</summary>
    public byte[] Next(IReadOnlyList<byte[]> seeds)
    {
        var octets = seeds[_random.Next(seeds.Count)].ToList();
        for (var changes = _random.Next(1, 9); changes > 0; changes--)
        {
            Change(octets, seeds);
        }

        return [.. octets.Take(MaxLength)];
    }

    private void Change(List<byte> octets, IReadOnlyList<byte[]> seeds)
    {
        var at = _random.Next(octets.Count + 1);
        var some = Math.Min(_random.Next(1, 17), octets.Count - at);
        switch (_random.Next(8))
        {
            case 0 when at < octets.Count:
                octets[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < octets.Count:
                octets[at] = Interesting[_random.Next(Interesting.Length)];
                break;
            case 2 when at < octets.Count:
                octets[at] += (byte)_random.Next(-3, 4);
                break;
            case 3:
                octets.RemoveRange(at, some);
                break;
            case 4:
                octets.InsertRange(at, octets.GetRange(at, some));
                break;
            case 5:
                var added = new byte[_random.Next(1, 9)];
                _random.NextBytes(added);
                octets.InsertRange(at, added);
                break;
            case 6:
                var other = seeds[_random.Next(seeds.Count)];
                octets.InsertRange(at, other[_random.Next(other.Length + 1)..]);
                break;
            case 7 when _random.Next(4) == 0:
                octets.RemoveRange(at, octets.Count - at);
                break;
        }
    }
}
