namespace Routing.Agent.BgpConfig;

/// <summary>Secrets of a cluster: those of the one namespace that the agent was told, or the text itself.</summary>
/// <param name="secrets">By name, then by key of their data; null when the agent follows none.</param>
internal sealed class ClusterSecrets(
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? secrets) : ISecretStore
{
    /// <inheritdoc/>
    public string? Read(SecretSource source, out string allowed)
    {
        if (source.SecretName is null)
        {
            allowed = "password.secretKeyRef: files are a stand-alone speaker's";
            return source.Text;
        }

        if (secrets is null)
        {
            allowed = "nothing while the agent runs without --secrets-namespace (chart: bgp.secrets)";
            return null;
        }

        allowed = "a Secret of the agent's --secrets-namespace with this key";
        return secrets.GetValueOrDefault(source.SecretName)?.GetValueOrDefault(source.SecretKey!);
    }
}
