using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;

namespace Routing.Policy.Controller;

/// <content>Domain names of egress rules.</content>
public sealed partial class NodePolicy
{
    private readonly DomainTable _domains = new();

    /// <summary>The names that policies of this node's pods have, as of the last <see cref="Compile"/>. Only answers about these
    /// make a difference here.</summary>
    public ImmutableHashSet<DomainPattern> DomainsInUse => _profiles.Domains;

    /// <summary>A name, or all names below one, stand for these addresses from now on.</summary>
    public void SetDomain(DomainPattern pattern, ImmutableHashSet<Address> addresses)
    {
        var changed = _domains.Set(pattern, addresses);
        if (changed.Count > 0)
        {
            _profiles.OnDomainChanged(pattern, changed);
        }
    }
}
