using CsCheck;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Rib;

/// <summary>The tables against .NET's own collections.</summary>
[TestFixture]
public sealed class TableTests
{
    [Test]
    public void A_prefix_table_is_a_set_of_prefixes([Values] AfiSafi family)
    {
        var width = family == AfiSafi.IPv4Unicast ? 32 : 128;
        Gen.Select(Gen.Bool, Gen.Int[0, 40], Gen.Int[0, width]).Array[0, 400].Sample(
            steps =>
            {
                var table = PrefixTable.Create(family);
                var model = new Dictionary<Prefix, int>();
                foreach (var (add, value, length) in steps)
                {
                    var prefix = Prefix.Create(family, (UInt128)value << (width - 6), length);
                    if (add)
                    {
                        var row = table.FindOrAdd(prefix);
                        Assert.That(model.TryAdd(prefix, row) || model[prefix] == row);
                    }
                    else if (model.Remove(prefix, out var row))
                    {
                        table.Remove(row);
                    }

                    Assert.That(table.Find(prefix), Is.EqualTo(model.GetValueOrDefault(prefix)));
                }

                Assert.That(table.Count, Is.EqualTo(model.Count));
                foreach (var (prefix, row) in model)
                {
                    Assert.That(table.PrefixOf(row), Is.EqualTo(prefix));
                    Assert.That(table.Find(prefix), Is.EqualTo(row));
                    var writer = new WireWriter(new byte[NlriCodec.MaxEncodedLength]);
                    table.WriteNlri(row, ref writer);
                    var cursor = new NlriCursor(family, writer.Written);
                    Assert.That(cursor.TryRead(out var read) && read == prefix && cursor.Rest.IsEmpty);
                }
            },
            iter: 200);
    }

    [Test]
    public void Equal_attributes_are_stored_once_and_gone_with_their_last_reference() =>
        Gen.Select(Gen.Bool, Gen.Int[0, 30]).Array[0, 200].Sample(
            steps =>
            {
                var table = new AttributeTable(new SpeakerIdentity(65000, 1, 1));
                var model = new Dictionary<int, (int Index, int References)>();
                foreach (var (add, value) in steps)
                {
                    var octets = Canonical(value);
                    if (add)
                    {
                        var index = table.Intern(octets, OctetHash.Compute(octets));
                        var known = model.GetValueOrDefault(value, (Index: index, References: 0));
                        Assert.That(index, Is.EqualTo(known.Index));
                        model[value] = (index, known.References + 1);
                    }
                    else if (model.TryGetValue(value, out var known))
                    {
                        table.Release(known.Index);
                        model[value] = (known.Index, known.References - 1);
                        if (known.References == 1)
                        {
                            model.Remove(value);
                        }
                    }
                }

                Assert.That(table.Count, Is.EqualTo(model.Count));
                foreach (var (value, known) in model)
                {
                    Assert.That(table.Octets(known.Index).ToArray(), Is.EqualTo(Canonical(value)));
                    Assert.That(table.Inputs(known.Index).Med, Is.EqualTo((uint)value));
                }
            },
            iter: 200);

    /// <summary>Sets of different lengths, so that slab places of different sizes are freed and used again.</summary>
    private static byte[] Canonical(int value) => new RouteModel
    {
        AsPath = [.. Enumerable.Range(64500, value % 7).Select(asn => (uint)asn)],
        Med = (uint)value,
    }.ToCanonical(AfiSafi.IPv4Unicast);
}
