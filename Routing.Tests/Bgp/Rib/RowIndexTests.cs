using CsCheck;
using Routing.Bgp.Rib.Tables;

namespace Routing.Tests.Bgp.Rib;

[TestFixture]
public sealed class RowIndexTests
{
    /// <summary>Few hashes for many rows, at both ends of the table, so that searches are long, wrap, and meet the slots of
    /// removed rows.</summary>
    private static readonly Gen<(bool Adds, uint Hash)[]> Steps = Gen.Select(
        Gen.Bool, Gen.OneOf(Gen.UInt[0, 7], Gen.UInt[uint.MaxValue - 7, uint.MaxValue], Gen.UInt)).Array[0, 3000];

    [Test]
    public void Finds_what_a_dictionary_holds() => Steps.Sample(
        steps =>
        {
            var index = new RowIndex();
            var rows = new Dictionary<uint, int>();
            var freed = new Stack<int>();
            foreach (var (adds, hash) in steps)
            {
                if (adds && !rows.ContainsKey(hash))
                {
                    Enter(index, hash, rows[hash] = freed.TryPop(out var row) ? row : rows.Count + 1);
                    GrowIfCrowded(index, rows);
                }
                else if (!adds && rows.Remove(hash, out var row))
                {
                    index.Remove(hash, row);
                    freed.Push(row);
                }

                Assert.That(Find(index, hash, rows), Is.EqualTo(rows.GetValueOrDefault(hash)));
            }

            foreach (var (hash, row) in rows)
            {
                Assert.That(Find(index, hash, rows), Is.EqualTo(row));
            }
        },
        iter: 200);

    [Test]
    public void Is_not_crowded_by_rows_that_come_and_go()
    {
        var index = new RowIndex();
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var hash = (uint)random.NextInt64(uint.MaxValue);
            Enter(index, hash, 1);
            if (index.IsCrowded)
            {
                index.Clear(1);
                Enter(index, hash, 1);
            }

            index.Remove(hash, 1);
        }

        Assert.That(index.IsCrowded, Is.False);
    }

    private static void Enter(RowIndex index, uint hash, int row)
    {
        var search = index.Find(hash);
        while (index.TryNext(ref search, out _))
        {
            // Others with the same hash come before it.
        }

        index.Enter(search, row);
    }

    private static int Find(RowIndex index, uint hash, Dictionary<uint, int> rows)
    {
        var search = index.Find(hash);
        while (index.TryNext(ref search, out var row))
        {
            if (rows.TryGetValue(hash, out var held) && held == row)
            {
                return row;
            }
        }

        return 0;
    }

    private static void GrowIfCrowded(RowIndex index, Dictionary<uint, int> rows)
    {
        if (index.IsCrowded)
        {
            index.Clear(rows.Values.Max());
            foreach (var (hash, row) in rows)
            {
                index.EnterAnew(hash, row);
            }
        }
    }
}
