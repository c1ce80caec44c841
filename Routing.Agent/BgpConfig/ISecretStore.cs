namespace Routing.Agent.BgpConfig;

/// <summary>Gets at secrets where a speaker runs.</summary>
internal interface ISecretStore
{
    /// <summary>The text of a secret.</summary>
    /// <param name="source">Where it is.</param>
    /// <param name="allowed">When it cannot be had: what may stand in the field here.</param>
    string? Read(SecretSource source, out string allowed);
}
