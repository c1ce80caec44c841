using CsCheck;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

/// <summary>Elements of a set in chunks: what an ordinary set of before would hold, and every version stays what it was.</summary>
public class ElementSetTests
{
    /// <summary>Few different elements, so that edits meet each other, or many, so that chunks are made anew.</summary>
    private static readonly Gen<SetElement[]> Elements = Gen.OneOf(Gen.Int[0, 60], Gen.Int[0, 100_000])
        .Select(i => i % 5 == 0
            ? new SetElement((UInt128)i << 64, (UInt128)i << 64, 6, (ushort)i, (ushort)i)
            : new SetElement((UInt128)i, (UInt128)i + 1, Interface: i % 7 == 0 ? $"rt{i}" : null))
        .Array[0, 300];

    private static readonly Gen<(SetElement[] Removed, SetElement[] Added)[]> Edits = Gen.Select(Elements, Elements).Array[1, 12];

    [Test]
    public void Edits_leave_what_an_ordinary_set_holds() => Edits.Sample(
        edits =>
        {
            var expected = new HashSet<SetElement>();
            var actual = ElementSet.Empty;
            var versions = new List<(ElementSet Set, HashSet<SetElement> Elements)>();
            foreach (var (removed, added) in edits)
            {
                // Some that are there, so that sets shrink as well.
                SetElement[] going = [.. removed, .. expected.Take(removed.Length * 2)];
                expected.ExceptWith(going);
                expected.UnionWith(added);
                actual = actual.Edit(going, added);
                versions.Add((actual, [.. expected]));
            }

            foreach (var (set, elements) in versions)
            {
                Assert.That(set.Count, Is.EqualTo(elements.Count));
                Assert.That(elements.SetEquals(set), Is.True);
                Assert.That(set.ToList(), Is.Unique);
                Assert.That(elements.All(element => set.Contains(element)), Is.True);
                Assert.That(set.Contains(new SetElement(UInt128.MaxValue)), Is.False);
            }
        },
        iter: 200);

    [Test]
    public void Sets_are_equal_by_their_members() => Gen.Select(Elements, Elements).Sample(
        (one, other) =>
        {
            ElementSet forth = [.. one, .. other], back = [.. other.Reverse(), .. one];
            Assert.That(forth.SetEquals(back), Is.True);
            Assert.That(forth.SetEquals(forth.Edit([], [new SetElement(UInt128.MaxValue)])), Is.False);
            Assert.That(forth.SetEquals([.. one]), Is.EqualTo(forth.Count == one.Distinct().Count()));
        },
        iter: 100);

    [Test]
    public void Nothing_to_do_is_the_same_set()
    {
        ElementSet set = [new SetElement(1, 1)];
        Assert.That(set.Edit([], []), Is.SameAs(set));
        Assert.That(set.Edit([new SetElement(1, 1)], []), Is.SameAs(ElementSet.Empty));
    }
}
