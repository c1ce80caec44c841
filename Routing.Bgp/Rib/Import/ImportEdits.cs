using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib.Import;

/// <summary>What we add to received attributes by ourselves, before an import policy sees them: the twin of
/// <see cref="Export.ExportEdits"/>. Once for an UPDATE's attributes; most sets stay as they are.</summary>
internal sealed class ImportEdits(AttributeTable attributes)
{
    private readonly AttributeEditor _editor = new();

    /// <summary>Edits a set.</summary>
    /// <param name="set">The attributes as received.</param>
    /// <param name="peer">Who sent them.</param>
    /// <param name="session">In which session.</param>
    /// <returns>The set as edited, or the same again; the caller has a reference to release. 0 when it has no room for what
    /// must be added: such a route cannot be used.</returns>
    public int Edit(int set, RibPeer peer, PeerUp session)
    {
        var profile = peer.Config.ImportProfile;
        ref readonly var inputs = ref attributes.Inputs(set);
        var prepends = profile.PrependsLocalAsn && (session.LocalAsn == 0 || session.LocalAsn == profile.LocalAsn);
        var marks = profile.MarksOnlyToCustomer && !inputs.Has(AttributeTraits.HasOnlyToCustomer);
        var keeps = profile.HonoursBlackhole && inputs.Has(AttributeTraits.Blackhole)
            && (inputs.Traits & (AttributeTraits.NoExport | AttributeTraits.NoAdvertise)) == 0;
        var deprefers = IsLastChoice(peer.Config, inputs);
        if (!prepends && !marks && !keeps && !deprefers)
        {
            attributes.AddReference(set);
            return set;
        }

        _editor.Load(attributes.Octets(set));
        if (prepends)
        {
            _editor.PrependAs(profile.LocalAsn);
        }

        if (marks)
        {
            _editor.SetOnlyToCustomer(session.PeerAsn); // RFC 9234 §5, ingress 3
        }

        if (keeps)
        {
            _editor.AddCommunity(WellKnownCommunity.NoExport); // RFC 7999 §3.2
        }

        if (deprefers)
        {
            _editor.SetLocalPref(0);
        }

        return _editor.IsOverflowing ? 0 : attributes.Intern(_editor.Octets, OctetHash.Compute(_editor.Octets));
    }

    /// <summary>RFC 8326 §4.1: at the border of the AS, a path that is about to go. Inside, whoever took it in has set
    /// LOCAL_PREF already.</summary>
    private static bool IsLastChoice(RibPeerConfig config, in DecisionInputs inputs) =>
        inputs.Has(AttributeTraits.GracefulShutdown) && config.Kind == PathSourceKind.External
        && config.ImportProfile.HonoursGracefulShutdown;
}
