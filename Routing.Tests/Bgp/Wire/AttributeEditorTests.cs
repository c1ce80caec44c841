using CsCheck;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Tests.Bgp.Wire;

/// <summary>Edits of canonical attributes, a row an edit; whatever is done, the result is canonical again.</summary>
[TestFixture]
public sealed class AttributeEditorTests
{
    private const string Origin = "400101 00 ";
    private const string AsPath = "40020E 0203 0000FDE9 0000FDEA 00000D1C "; // 65001 65002 3356
    private const string NextHop = "400304 0A000002 ";
    private const string Med = "800404 00000005 ";
    private const string Communities = "C00808 FDE90001 FFFFFF01 ";
    private const string Extended = "C01010 0002FDE900000001 4004FDE949742400 ";
    private const string Large = "C0200C 000100000000000100000002 ";
    private const string All = Origin + AsPath + NextHop + Med + Communities + Extended + Large;

    private static readonly Dictionary<string, Action<AttributeEditor>> Edits = new()
    {
        ["ORIGIN"] = editor => editor.SetOrigin(2),
        ["LOCAL_PREF new"] = editor => editor.SetLocalPref(200),
        ["LOCAL_PREF added to the default"] = editor => editor.AddLocalPref(-150, missing: 100),
        ["MED set"] = editor => editor.SetMed(7),
        ["MED added"] = editor => editor.AddMed(uint.MaxValue),
        ["MED removed"] = editor => editor.Remove(AttributeType.MultiExitDisc),
        ["next hop"] = editor => editor.SetNextHop([10, 0, 0, 9]),
        ["community added"] = editor => editor.AddCommunity(0xFFFF0000),
        ["community there already"] = editor => editor.AddCommunity(0xFFFFFF01),
        ["community deleted"] = editor => editor.RemoveCommunities(AttributeType.Communities, c => c[0] == 0xFF),
        ["communities all deleted"] = editor => editor.RemoveCommunities(AttributeType.Communities, _ => true),
        ["communities replaced"] = editor => editor.SetCommunities(AttributeType.Communities, [0, 1, 0, 2]),
        ["extended deleted"] = editor => editor.RemoveCommunities(
            AttributeType.ExtendedCommunities, CommunityAttributes.IsNonTransitive),
        ["large added"] = editor => editor.AddCommunities(
            AttributeType.LargeCommunities, Hex.Parse("000100000000000100000002 000100000000000100000003")),
        ["prepend twice"] = editor => editor.PrependAs(65000, 2),
        ["AS replaced"] = editor => editor.ReplaceAs(65001, 65000),
        ["private removed"] = editor => editor.RemovePrivateAs(PrivateAsScope.All, keep: 0),
        ["private removed but the neighbour's"] = editor => editor.RemovePrivateAs(PrivateAsScope.All, keep: 65002),
        ["private replaced"] = editor => editor.RemovePrivateAs(PrivateAsScope.All, keep: 0, replacement: 174),
        ["private paths only"] = editor => editor.RemovePrivateAs(PrivateAsScope.OnlyPrivatePaths, keep: 0),
        ["AIGP"] = editor => editor.SetAigp(10),
        ["OTC"] = editor => editor.SetOnlyToCustomer(65001),
    };

    [TestCase("ORIGIN", Origin, "400101 02")]
    [TestCase("LOCAL_PREF new", Med, Med + "400504 000000C8")]
    [TestCase("LOCAL_PREF added to the default", Med, Med + "400504 00000000")]
    [TestCase("MED set", Med, "800404 00000007")]
    [TestCase("MED added", Med, "800404 FFFFFFFF")]
    [TestCase("MED removed", Med, "")]
    [TestCase("next hop", NextHop, "400304 0A000009")]
    [TestCase("community added", Communities, "C0080C FDE90001 FFFFFF01 FFFF0000")]
    [TestCase("community there already", Communities, Communities)]
    [TestCase("community deleted", Communities, "C00804 FDE90001")]
    [TestCase("communities all deleted", Communities, "")]
    [TestCase("communities replaced", Communities, "C00804 00010002")]
    [TestCase("extended deleted", Extended, "C01008 0002FDE900000001")]
    [TestCase("large added", Large, "C02018 000100000000000100000002 000100000000000100000003")]
    [TestCase("prepend twice", AsPath, "400216 0205 0000FDE8 0000FDE8 0000FDE9 0000FDEA 00000D1C")]
    [TestCase("AS replaced", AsPath, "40020E 0203 0000FDE8 0000FDEA 00000D1C")]
    [TestCase("private removed", AsPath, "400206 0201 00000D1C")]
    [TestCase("private removed but the neighbour's", AsPath, "40020A 0202 0000FDEA 00000D1C")]
    [TestCase("private replaced", AsPath, "40020E 0203 000000AE 000000AE 00000D1C")]
    [TestCase("private paths only", AsPath, AsPath)]
    [TestCase("AIGP", Extended, Extended + "801A0B 01 000B 000000000000000A")]
    [TestCase("OTC", Large, Large + "C02304 0000FDE9")]
    public void An_edit_changes_its_attribute_alone(string edit, string before, string after)
    {
        var editor = new AttributeEditor();
        editor.Load(Hex.Parse(All));
        Edits[edit](editor);
        var expected = Convert.ToHexString(Hex.Parse(All.Replace(before, after + " ")));
        Assert.That(Convert.ToHexString(editor.Octets), Is.EqualTo(expected));
        Assert.That(editor.IsChanged, Is.EqualTo(before != after));
    }

    [Test]
    public void Confederation_segments_go_at_its_border() // RFC 5065 §4.1 c
    {
        var editor = new AttributeEditor();
        editor.Load(Hex.Parse("400212 0301 0000FDE8 0401 0000FDE7 0201 0000FDE9"));
        editor.RemoveConfederationSegments();
        Assert.That(editor.Octets.ToArray(), Is.EqualTo(Hex.Parse("400206 0201 0000FDE9")));
    }

    [Test]
    public void A_path_of_private_numbers_alone_becomes_empty()
    {
        var editor = new AttributeEditor();
        editor.Load(Hex.Parse("400206 0201 0000FDE8"));
        editor.RemovePrivateAs(PrivateAsScope.OnlyPrivatePaths, keep: 0);
        Assert.That(editor.Octets.ToArray(), Is.EqualTo(Hex.Parse("400200")));
    }

    [Test]
    public void The_partial_bit_of_a_list_stays()
    {
        var editor = new AttributeEditor();
        editor.Load(Hex.Parse("E00804 00010002"));
        editor.AddCommunity(0x00010003);
        Assert.That(editor.Octets.ToArray(), Is.EqualTo(Hex.Parse("E00808 00010002 00010003")));
    }

    [Test]
    public void What_does_not_fit_is_noted_and_left_out()
    {
        var editor = new AttributeEditor();
        editor.Load(Hex.Parse(Origin));
        editor.Set(AttributeFlags.Optional | AttributeFlags.Transitive, AttributeType.Communities, new byte[65_000]);
        editor.Set(AttributeFlags.Optional | AttributeFlags.Transitive, AttributeType.LargeCommunities, new byte[1200]);
        Assert.Multiple(() =>
        {
            Assert.That(editor.IsOverflowing, Is.True);
            Assert.That(editor.TryFind(AttributeType.LargeCommunities, out _), Is.False);
        });
        editor.Load(Hex.Parse(Origin));
        Assert.That(editor.IsOverflowing, Is.False);
    }

    [Test]
    public void Any_edits_in_any_order_leave_attributes_canonical()
    {
        var edits = Edits.Values.ToArray();
        Gen.Int[0, edits.Length - 1].Array[0, 30].Sample(chosen =>
        {
            var editor = new AttributeEditor(); // samples run on several threads
            editor.Load(Hex.Parse(All));
            foreach (var edit in chosen)
            {
                edits[edit](editor);
            }

            var last = 0;
            var cursor = new AttributeCursor(editor.Octets);
            while (cursor.TryRead(out var attribute))
            {
                Assert.That((int)attribute.Type, Is.GreaterThan(last));
                Assert.That(
                    attribute.Octets.Length, Is.EqualTo(AttributeWriter.EncodedLength(attribute.Value.Length)));
                last = (int)attribute.Type;
            }

            Assert.That(cursor.Rest.IsEmpty);
        });
    }

    [Test]
    public void Editing_allocates_nothing()
    {
        var editor = new AttributeEditor();
        var set = Hex.Parse(All);
        EditAll();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            EditAll();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void EditAll()
        {
            editor.Load(set);
            editor.SetLocalPref(1);
            editor.AddCommunity(7);
            editor.RemoveCommunities(AttributeType.ExtendedCommunities, CommunityAttributes.IsNonTransitive);
            editor.PrependAs(65000, 3);
            editor.RemovePrivateAs(PrivateAsScope.All, keep: 0);
        }
    }
}
