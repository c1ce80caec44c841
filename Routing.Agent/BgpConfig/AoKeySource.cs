using Routing.Bgp.Session.Tcp;

namespace Routing.Agent.BgpConfig;

/// <summary>A key of TCP-AO as configured.</summary>
/// <param name="SendId">sendID.</param>
/// <param name="ReceiveId">receiveID.</param>
/// <param name="Algorithm">algorithm.</param>
/// <param name="Key">Where its octets are.</param>
internal sealed record AoKeySource(byte SendId, byte ReceiveId, TcpAoAlgorithm Algorithm, SecretSource Key);
