using Routing.Policy.Model;

namespace Routing.Agent.Netlink.Nftables;

/// <summary>A set, or a map to verdicts, as the kernel keeps it.</summary>
/// <param name="KeyType">See <see cref="NftDataType"/>.</param>
/// <param name="KeyLength">Octets of a key; each field of a concatenation is padded to four.</param>
/// <param name="FieldLengths">Octets of each field, unpadded, for a concatenation with ranges; else empty.</param>
/// <param name="KeyByteOrder">For nft, in the user data.</param>
/// <param name="Comment">Empty for none.</param>
/// <param name="Expression">What each element does with packets that it finds, by the expression's name: <see cref="Counter"/>; empty
/// for nothing.</param>
/// <param name="Capacity">How many elements a set of exact elements may have, which the kernel then keeps in a hash table that is made
/// for so many; 0 for one that grows.</param>
internal sealed record NftSet(
    string Name,
    NftSetFlags Flags,
    uint KeyType,
    int KeyLength,
    EquatableArray<int> FieldLengths,
    NftByteOrder KeyByteOrder,
    string Comment,
    string Expression = "",
    int Capacity = 0)
{
    /// <summary>Elements count packets and octets.</summary>
    public const string Counter = "counter";
}
