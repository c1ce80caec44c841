using CsCheck;
using Routing.Policy.Selectors;

namespace Routing.Tests.Policy;

/// <summary>The small collections hold what the class library's would, below and above the size from which on they hash.</summary>
public class SmallCollectionTests
{
    private static readonly Gen<List<(int Key, bool IsRemoved)>> Steps = Gen.Select(Gen.Int[0, 20], Gen.Bool).List[0, 100];

    [Test]
    public void A_small_set_is_a_set_by_identity() => Steps.Sample(
        steps =>
        {
            var names = Enumerable.Range(0, 21).Select(i => new string('a', 1 + (i / 2))).ToArray(); // two of each text
            var (expected, set) = (new HashSet<string>(ReferenceEqualityComparer.Instance), new SmallSet<string>());
            foreach (var (key, isRemoved) in steps)
            {
                Assert.That(
                    isRemoved ? set.Remove(names[key]) : set.Add(names[key]),
                    Is.EqualTo(isRemoved ? expected.Remove(names[key]) : expected.Add(names[key])));
                Assert.That(set, Has.Count.EqualTo(expected.Count));
                Assert.That(expected.SetEquals(set));
                Assert.That(names.Where(set.Contains), Is.EqualTo(names.Where(expected.Contains)));
            }
        });

    [Test]
    public void A_small_map_is_a_dictionary() => Steps.Sample(
        steps =>
        {
            var (expected, map) = (new Dictionary<int, int>(), new SmallMap<int, int>());
            foreach (var (step, (key, isRemoved)) in steps.Index())
            {
                if (isRemoved)
                {
                    Assert.That(map.Remove(key, out var removed), Is.EqualTo(expected.Remove(key, out var value)));
                    Assert.That(removed, Is.EqualTo(value));
                }
                else
                {
                    ref var place = ref map.GetValueRefOrAddDefault(key, out var exists);
                    Assert.That(exists, Is.EqualTo(expected.ContainsKey(key)));
                    place += step;
                    expected[key] = expected.GetValueOrDefault(key) + step;
                }

                Assert.That(map, Has.Count.EqualTo(expected.Count));
                Assert.That(map, Is.EquivalentTo(expected));
                Assert.That(map.TryGetValue(key, out var found), Is.EqualTo(expected.TryGetValue(key, out var wanted)));
                Assert.That(found, Is.EqualTo(wanted));
            }
        });
}
