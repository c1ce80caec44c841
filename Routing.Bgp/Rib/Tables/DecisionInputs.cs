using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Tables;

/// <summary>What decision process, loop checks and export rules need of an attribute set, extracted once when it is
/// interned.</summary>
internal struct DecisionInputs
{
    /// <summary>LOCAL_PREF for routes without it: what the common implementations assume.</summary>
    public const uint DefaultLocalPref = 100;

    /// <summary>NEXT_HOP, or the global address of a pair; an IPv4 address in the low 32 bits; 0 for our own routes.</summary>
    public AddressBits NextHop;

    /// <summary>What an import policy gave it; 0 otherwise.</summary>
    public uint Weight;

    /// <summary>LOCAL_PREF or its default.</summary>
    public uint LocalPref;

    /// <summary>MULTI_EXIT_DISC or 0.</summary>
    public uint Med;

    /// <summary>First AS of the AS_PATH; 0 for a path that starts inside our own AS or with a set.</summary>
    public uint NeighborAsn;

    /// <summary>ORIGINATOR_ID or 0.</summary>
    public uint OriginatorId;

    /// <summary>ASes in AS_PATH; a set counts one (RFC 4271 §9.1.2.2 a), confederation segments none (RFC 5065 §5.3).</summary>
    public ushort AsPathLength;

    /// <summary>Cluster ids in CLUSTER_LIST.</summary>
    public ushort ClusterListLength;

    /// <summary>Facts.</summary>
    public AttributeTraits Traits;

    /// <summary>ORIGIN: 0 IGP, 1 EGP, 2 INCOMPLETE.</summary>
    public byte Origin;

    /// <summary>How often our own AS is in AS_PATH, up to 255: a loop, unless the peer may send so many.</summary>
    public byte OwnAsCount;

    /// <summary>True when all of <paramref name="traits"/> hold.</summary>
    public readonly bool Has(AttributeTraits traits) => (Traits & traits) == traits;
}
