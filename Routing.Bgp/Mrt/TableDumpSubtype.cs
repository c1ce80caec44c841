namespace Routing.Bgp.Mrt;

/// <summary>IANA "TABLE_DUMP_V2 Subtype Code Values" (RFC 6396 §4.3; with path identifiers, RFC 8050 §4).</summary>
internal enum TableDumpSubtype : ushort
{
    PeerIndexTable = 1,
    RibIPv4Unicast = 2,
    RibIPv6Unicast = 4,
    RibIPv4UnicastAddPath = 8,
    RibIPv6UnicastAddPath = 10,
}
