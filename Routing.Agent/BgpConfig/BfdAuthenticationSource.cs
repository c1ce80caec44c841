using System.Collections.Immutable;
using Routing.Bgp.Bfd.Authentication;

namespace Routing.Agent.BgpConfig;

/// <summary>What a peer's BFD packets are signed with, as configured: where the secrets are.</summary>
/// <param name="Type">type.</param>
/// <param name="Keys">keys; at least one.</param>
internal sealed record BfdAuthenticationSource(BfdAuthenticationType Type, ImmutableArray<BfdKeySource> Keys);
