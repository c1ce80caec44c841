using System.Net;

namespace Routing.Bgp.Session.Tcp;

/// <summary>What segments of a neighbour, or of a range of them, are signed with.</summary>
/// <param name="Password">For TCP MD5 (RFC 2385), or null.</param>
/// <param name="AoKeys">For TCP-AO (RFC 5925).</param>
internal sealed record PeerKeys(TcpSecret? Password, TcpAoKeyChain AoKeys)
{
    /// <summary>Segments are not signed.</summary>
    public static PeerKeys None { get; } = new(null, TcpAoKeyChain.None);

    /// <summary>All link-local addresses (RFC 4291 §2.5.6).</summary>
    public static IPNetwork LinkLocal { get; } = IPNetwork.Parse("fe80::/10");

    /// <summary>True when segments are not signed.</summary>
    public bool IsEmpty => Password is null && AoKeys.Keys.IsEmpty;

    /// <summary>True when a connection signed with these can go on with others: the kind of signature stays, and no KeyID of
    /// TCP-AO means another key than before (RFC 5925 §3.1: it would be another Master Key Tuple under the same name).</summary>
    public bool CanBecome(PeerKeys other) =>
        this == other
        || (!IsEmpty && !other.IsEmpty && (Password is null) == (other.Password is null)
            && AoKeys.Keys.IsEmpty == other.AoKeys.Keys.IsEmpty
            && !AoKeys.Keys.Any(key => other.AoKeys.Keys.Any(key.Displaces)));

    /// <summary>The network of one address.</summary>
    public static IPNetwork NetworkOf(IPAddress address) =>
        new(new IPAddress(address.GetAddressBytes()), address.GetAddressBytes().Length * 8);
}
