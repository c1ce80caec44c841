namespace Routing.Agent.BgpConfig;

/// <summary>A key of BFD as configured.</summary>
/// <param name="Id">id.</param>
/// <param name="Key">Where its octets are.</param>
internal sealed record BfdKeySource(byte Id, SecretSource Key);
