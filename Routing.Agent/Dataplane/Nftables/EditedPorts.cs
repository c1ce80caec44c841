using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>Which packets some edits are about, as far as ports say it, and what the edits do to them.</summary>
internal sealed class EditedPorts
{
    private readonly ElementPorts _more = new(), _less = new();
    private bool _isTranslated = true;
    private bool _letsPass = true;

    /// <summary>Those of a set's edits.</summary>
    /// <param name="set">The set.</param>
    /// <param name="added">Elements.</param>
    /// <param name="removed">Likewise.</param>
    /// <param name="isTranslated">True when a packet has the same ports wherever this is so.</param>
    /// <param name="letsPass">True when an element never closes anything.</param>
    /// <param name="addresses">Only of elements with one of these; null for all.</param>
    public static EditedPorts Of(
        MatchSet set, IReadOnlyList<SetElement> added, IReadOnlyList<SetElement> removed, bool isTranslated, bool letsPass,
        HashSet<UInt128>? addresses = null)
    {
        var ports = new EditedPorts { _isTranslated = isTranslated, _letsPass = letsPass };
        ports._more.Add(set, added, addresses);
        ports._less.Add(set, removed, addresses);
        return ports;
    }

    /// <summary>Those of a map's edits: any.</summary>
    /// <param name="added">Keys.</param>
    /// <param name="removed">Likewise.</param>
    /// <param name="letsPass">True when a key never closes anything.</param>
    public static EditedPorts OfMap(IReadOnlyList<string> added, IReadOnlyList<string> removed, bool letsPass)
    {
        var ports = new EditedPorts { _letsPass = letsPass };
        if (added.Count > 0)
        {
            ports._more.AddAny();
        }

        if (removed.Count > 0)
        {
            ports._less.AddAny();
        }

        return ports;
    }

    /// <summary>All of them.</summary>
    public static EditedPorts Sum(IEnumerable<EditedPorts> all)
    {
        var sum = new EditedPorts();
        foreach (var ports in all)
        {
            sum._more.Add(ports._more);
            sum._less.Add(ports._less);
            sum._isTranslated &= ports._isTranslated;
            sum._letsPass &= ports._letsPass;
        }

        return sum;
    }

    /// <summary>Whether a packet may meet some of these and some of the others, and be judged by neither ruleset.</summary>
    public bool Conflicts(EditedPorts other)
    {
        var isSame = _isTranslated && other._isTranslated; // else a port may be another one there
        return Meet(_more, other._less) || Meet(_less, other._more)
            || (!(_letsPass && other._letsPass) && (Meet(_more, other._more) || Meet(_less, other._less)));

        bool Meet(ElementPorts one, ElementPorts another) =>
            isSame ? one.Meets(another) : !one.IsEmpty && !another.IsEmpty;
    }
}
