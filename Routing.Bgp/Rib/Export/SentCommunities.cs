namespace Routing.Bgp.Rib.Export;

/// <summary>Kinds of communities that a neighbour is sent.</summary>
[Flags]
public enum SentCommunities
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>RFC 1997.</summary>
    Standard = 1,

    /// <summary>RFC 4360 and RFC 5701.</summary>
    Extended = 2,

    /// <summary>RFC 8092.</summary>
    Large = 4,

    /// <summary>All.</summary>
    All = Standard | Extended | Large,
}
