using System.Buffers.Binary;
using System.Diagnostics;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy.Compile;

/// <summary>Compiles the operations of a rule to edits of canonical attributes.</summary>
internal static class OperationCompiler
{
    private static readonly CommunityKind[] Kinds = [CommunityKind.Standard, CommunityKind.Extended, CommunityKind.Large];

    /// <summary>One edit for one operation.</summary>
    public static RouteEdit Compile(RouteOperation operation) => operation switch
    {
        RouteOperation.AddCommunities add => AddCommunities(add.Values),
        RouteOperation.SetCommunities set => SetCommunities(set.Values),
        RouteOperation.DeleteCommunities delete => DeleteCommunities(delete.Patterns),
        RouteOperation.SetLocalPref set => (editor, _) => editor.SetLocalPref(set.Value),
        RouteOperation.AddLocalPref add => (editor, _) => editor.AddLocalPref(add.Change, RouteView.DefaultLocalPref),
        RouteOperation.SetMed set => (editor, scope) =>
        {
            editor.SetMed(set.Value);
            NoteMedSent(editor, scope, isSent: true);
        },
        RouteOperation.AddMed add => (editor, scope) =>
        {
            editor.AddMed(add.Change);
            NoteMedSent(editor, scope, isSent: true);
        },
        RouteOperation.RemoveMed => (editor, scope) =>
        {
            editor.Remove(AttributeType.MultiExitDisc);
            NoteMedSent(editor, scope, isSent: false);
        },
        RouteOperation.SetOrigin set => (editor, _) => editor.SetOrigin((byte)set.Value),
        RouteOperation.PrependAsPath prepend => (editor, _) => Prepend(editor, prepend.Prefix),
        RouteOperation.PrependOwnAs prepend => (editor, scope) => editor.PrependAs(scope.OwnAsn, prepend.Count),
        RouteOperation.SetNextHop set => (editor, scope) =>
        {
            if (Prefix.FamilyOf(set.Value) == scope.Family)
            {
                SetNextHop(editor, scope, Prefix.ToInteger(set.Value));
            }
        },
        RouteOperation.SetNextHopSelf => (editor, scope) => SetNextHop(editor, scope, scope.OwnAddress),
        RouteOperation.SetNextHopPeer => (editor, scope) => SetNextHop(editor, scope, scope.PeerAddress),
        RouteOperation.KeepNextHop => NoteNextHopKept,
        RouteOperation.SetAigp set => (editor, _) => editor.SetAigp(set.Value),
        RouteOperation.RemoveAigp => (editor, _) => editor.Remove(AttributeType.Aigp),
        RouteOperation.SetWeight set => (editor, _) =>
            (LocalAttribute.Read(editor.Octets) with { Weight = set.Value }).WriteTo(editor),
        RouteOperation.SetPriority set => (editor, _) => SetPriority(editor, set.Value),
        _ => throw new UnreachableException(),
    };

    private static RouteEdit AddCommunities(Sequence<CommunityValue> values)
    {
        var lists = Encode(values);
        return (editor, _) =>
        {
            foreach (var (type, octets) in lists)
            {
                editor.AddCommunities(type, octets);
            }
        };
    }

    private static RouteEdit SetCommunities(Sequence<CommunityValue> values)
    {
        var lists = Encode(values);
        return (editor, _) =>
        {
            foreach (var (type, octets) in lists)
            {
                editor.SetCommunities(type, octets);
            }
        };
    }

    private static RouteEdit DeleteCommunities(Sequence<CommunityPattern> patterns)
    {
        (AttributeType Type, CommunityMatch Match)[] matchers =
        [
            .. from kind in Kinds
               let matcher = new CommunityMatcher(kind, patterns)
               where !matcher.IsEmpty
               select (CommunityMatcher.TypeOf(kind), (CommunityMatch)matcher.Matches),
        ];
        return (editor, _) =>
        {
            foreach (var (type, match) in matchers)
            {
                editor.RemoveCommunities(type, match);
            }
        };
    }

    /// <summary>The values of each kind in wire form, without duplicates.</summary>
    private static (AttributeType Type, byte[] Octets)[] Encode(Sequence<CommunityValue> values) =>
    [
        .. from value in values.Distinct()
           group value by value.Kind into kind
           select (CommunityMatcher.TypeOf(kind.Key), kind.SelectMany(Octets).ToArray()),
    ];

    private static byte[] Octets(CommunityValue community)
    {
        var octets = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, community.Value);
        return octets[^CommunityMatcher.MemberLength(community.Kind)..];
    }

    private static void Prepend(AttributeEditor editor, Sequence<uint> prefix)
    {
        for (var i = prefix.Count - 1; i >= 0; i--)
        {
            editor.PrependAs(prefix[i]);
        }
    }

    private static void SetNextHop(AttributeEditor editor, RouteScope scope, UInt128 address)
    {
        if (address == 0)
        {
            return;
        }

        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, address);
        editor.SetNextHop(scope.Family == AfiSafi.IPv4Unicast ? octets[12..] : octets);
        NoteNextHopKept(editor, scope);
    }

    private static void NoteNextHopKept(AttributeEditor editor, RouteScope scope)
    {
        if (scope.IsExport)
        {
            var local = LocalAttribute.Read(editor.Octets);
            (local with { Traits = local.Traits | LocalTraits.KeepsNextHop }).WriteTo(editor);
        }
    }

    private static void NoteMedSent(AttributeEditor editor, RouteScope scope, bool isSent)
    {
        if (scope.IsExport)
        {
            var local = LocalAttribute.Read(editor.Octets);
            var others = local.Traits & ~LocalTraits.SendsMed;
            (local with { Traits = isSent ? others | LocalTraits.SendsMed : others }).WriteTo(editor);
        }
    }

    private static void SetPriority(AttributeEditor editor, uint value)
    {
        var local = LocalAttribute.Read(editor.Octets);
        (local with { Traits = local.Traits | LocalTraits.HasPriority, Priority = value }).WriteTo(editor);
    }
}
