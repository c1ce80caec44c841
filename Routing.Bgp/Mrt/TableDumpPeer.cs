using System.Net;
using Routing.Bgp.Rib;

namespace Routing.Bgp.Mrt;

/// <summary>A neighbour whose routes a dump holds.</summary>
/// <param name="Index">Its place in the RIB.</param>
/// <param name="Address">Its address.</param>
/// <param name="Asn">Its AS.</param>
internal readonly record struct TableDumpPeer(PeerIndex Index, IPAddress Address, uint Asn);
