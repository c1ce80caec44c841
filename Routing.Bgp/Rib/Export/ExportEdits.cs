using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib.Export;

/// <summary>Changes that only some sets of attributes need on their way to an update group, or only groups that are
/// configured so; after the export policy, before <see cref="ExportAttributes"/> writes what every set needs.</summary>
internal static class ExportEdits
{
    /// <summary>A set with its changes; most sets come back as they are.</summary>
    /// <param name="editor">Holds the result, until it is used again.</param>
    /// <param name="canonical">The set.</param>
    /// <param name="inputs">What was extracted from it.</param>
    /// <param name="source">Where the path comes from.</param>
    /// <param name="key">The group.</param>
    public static ReadOnlySpan<byte> Edit(
        AttributeEditor editor,
        ReadOnlySpan<byte> canonical,
        scoped in DecisionInputs inputs,
        scoped in PathSource source,
        ExportKey key)
    {
        var profile = key.Profile;
        if (!profile.Edits(inputs.Traits))
        {
            return canonical;
        }

        editor.Load(canonical);
        EditAsPath(editor, profile);
        EditCommunities(editor, profile);
        if (Deprefers(key, inputs))
        {
            editor.AddCommunity(WellKnownCommunity.NoExport); // RFC 9494 §4.6
        }

        EditAigp(editor, key, source);
        if (profile.MarksOnlyToCustomer && !editor.TryFind(AttributeType.OnlyToCustomer, out _))
        {
            editor.SetOnlyToCustomer(profile.OnlyToCustomerAsn); // RFC 9234 §5, egress 1
        }

        return editor.Octets;
    }

    /// <summary>RFC 9494 §4.6: NO_EXPORT and a LOCAL_PREF of 0, towards a peer that does not know of such routes.</summary>
    public static bool Deprefers(ExportKey key, in DecisionInputs inputs) =>
        key.LongLived == LongLivedMode.Depreferred && inputs.Has(AttributeTraits.LongLivedStale);

    private static void EditAsPath(AttributeEditor editor, ExportProfile profile)
    {
        if (profile.IsExternal)
        {
            editor.RemoveConfederationSegments(); // RFC 5065 §4.1 c
        }

        editor.RemovePrivateAs(profile.RemovedPrivateAs, profile.KeptAsn, profile.PrivateAsReplacement);
        if (profile.OverriddenAsn != 0)
        {
            editor.ReplaceAs(profile.OverriddenAsn, profile.PrependedAsn);
        }

        if (profile.HiddenAsn != 0)
        {
            editor.PrependAs(profile.HiddenAsn);
        }
    }

    private static void EditCommunities(AttributeEditor editor, ExportProfile profile)
    {
        if (profile.IsExternal)
        {
            // RFC 4360 §6, RFC 5701 §2: non-transitive ones do not leave the AS, and the confederation counts as one.
            editor.RemoveCommunities(AttributeType.ExtendedCommunities, CommunityAttributes.IsNonTransitive);
            editor.RemoveCommunities(AttributeType.IPv6ExtendedCommunities, CommunityAttributes.IsNonTransitive);
        }

        Remove(SentCommunities.Standard, AttributeType.Communities);
        Remove(SentCommunities.Extended, AttributeType.ExtendedCommunities);
        Remove(SentCommunities.Extended, AttributeType.IPv6ExtendedCommunities);
        Remove(SentCommunities.Large, AttributeType.LargeCommunities);
        if (profile.IsDraining)
        {
            editor.AddCommunity(WellKnownCommunity.GracefulShutdown); // RFC 8326 §4.2
        }

        void Remove(SentCommunities kind, AttributeType type)
        {
            if ((profile.Communities & kind) == 0)
            {
                editor.Remove(type);
            }
        }
    }

    /// <summary>RFC 7311 §3.3: not on sessions where it is not enabled. §3.4.2: with our next hop goes our cost to the one
    /// before.</summary>
    private static void EditAigp(AttributeEditor editor, ExportKey key, in PathSource source)
    {
        if (!editor.TryFind(AttributeType.Aigp, out var value))
        {
            return;
        }

        if (!key.Profile.SendsAigp || !Aigp.TryRead(value, out var metric))
        {
            editor.Remove(AttributeType.Aigp);
        }
        else if (source.Kind != PathSourceKind.Local && ExportRules.SetsNextHop(key, source))
        {
            editor.SetAigp(metric > ulong.MaxValue - source.AigpCost ? ulong.MaxValue : metric + source.AigpCost);
        }
    }
}
