using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Rib.Policies;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Import;

/// <summary>All that happens to received attributes and prefixes before they become paths, the same for an UPDATE and for
/// routes that are judged again.</summary>
/// <remarks><code>
/// Begin: received attributes > ImportRules (loops, leaks) > ImportEdits > import policy
/// Judge: a prefix > its verdict                        End: lets go of what was made
/// </code></remarks>
internal sealed class ImportStage(AttributeTable attributes, PolicyRun policies, NextHopTable nextHops)
{
    /// <summary>Longest prefixes that networks take from each other; a BLACKHOLE route is judged as if it were that
    /// long.</summary>
    private const int OrdinaryLengthV4 = 24;

    /// <inheritdoc cref="OrdinaryLengthV4"/>
    private const int OrdinaryLengthV6 = 48;

    private readonly ImportEdits _edits = new(attributes);
    private bool _hasPolicy;
    private bool _isBlackhole;
    private int _edited;
    private PathFlags _flags;
    private PeerUp? _session; // of which the addresses below are
    private AddressBits _ownIPv4;
    private AddressBits _ownIPv6;

    /// <summary>Where attributes are interned.</summary>
    public AttributeTable Attributes => attributes;

    /// <summary>Takes the attributes that the prefixes to come share.</summary>
    /// <param name="peer">Who sent them; it has or had a session.</param>
    /// <param name="family">The prefixes' family.</param>
    /// <param name="received">The attributes; the caller holds a reference until <see cref="End"/>.</param>
    public void Begin(RibPeer peer, AfiSafi family, int received)
    {
        var (profile, session) = (peer.Config.ImportProfile, peer.LastSession!);
        _flags = ImportRules.FlagsFor(attributes, received, profile, session, OwnAddress(session, family));
        _edited = _edits.Edit(received, peer, session);
        if (_edited == 0)
        {
            (_hasPolicy, _flags) = (false, _flags | PathFlags.Filtered);
            attributes.AddReference(received);
            _edited = received;
            return;
        }

        _isBlackhole = profile.HonoursBlackhole && attributes.Inputs(received).Has(AttributeTraits.Blackhole);
        var policy = peer.Config.Import.ProgramFor(family);
        _hasPolicy = policy is not null;
        if (policy is not null)
        {
            policies.Begin(policy, peer.ImportScopeOf(family), _edited);
        }
        else
        {
            _flags |= nextHops.FlagsOf(_edited);
        }
    }

    /// <summary>What becomes of the prefix of a row.</summary>
    /// <returns>Its attributes, valid until <see cref="End"/>, and what is known beside them.</returns>
    public (int Attributes, PathFlags Flags) Judge(PrefixTable prefixes, int row)
    {
        if (!_hasPolicy)
        {
            return (_edited, _flags);
        }

        var prefix = prefixes.PrefixOf(row);
        var verdict = policies.Judge(_isBlackhole ? Ordinary(prefix) : prefix);
        var flags = _flags | nextHops.FlagsOf(verdict.Attributes); // the policy may have set another
        return (verdict.Attributes, verdict.IsAccepted ? flags : flags | PathFlags.Filtered);
    }

    /// <summary>Lets go of the attributes; whoever keeps an index has taken a reference.</summary>
    public void End()
    {
        if (_hasPolicy)
        {
            policies.Release();
        }

        attributes.Release(_edited);
    }

    /// <summary>Our address of a family on a session: kept as a number, as every set of attributes is compared with it.</summary>
    private AddressBits OwnAddress(PeerUp session, AfiSafi family)
    {
        if (!ReferenceEquals(session, _session))
        {
            _session = session;
            (_ownIPv4, _ownIPv6) = (Of(AfiSafi.IPv4Unicast), Of(AfiSafi.IPv6Unicast));
        }

        return family == AfiSafi.IPv4Unicast ? _ownIPv4 : _ownIPv6;

        AddressBits Of(AfiSafi wanted) => Prefix.FamilyOf(session.LocalAddress) == wanted
            ? Prefix.ToInteger(session.LocalAddress)
            : session.LocalAddressOfOtherFamily is { } other && Prefix.FamilyOf(other) == wanted ? Prefix.ToInteger(other) : default;
    }

    /// <summary>RFC 7999 §3.3: a BLACKHOLE route is accepted though long, and only inside what the peer may announce. So the
    /// policy is asked about the prefix of ordinary length around it.</summary>
    private static Prefix Ordinary(Prefix prefix)
    {
        var length = prefix.Family == AfiSafi.IPv4Unicast ? OrdinaryLengthV4 : OrdinaryLengthV6;
        return prefix.Length <= length ? prefix : Prefix.Create(prefix.Family, prefix.Address, length);
    }
}
