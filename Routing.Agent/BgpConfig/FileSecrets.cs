namespace Routing.Agent.BgpConfig;

/// <summary>Secrets of a stand-alone speaker: in its configuration or in files.</summary>
/// <param name="folder">Relative names start here.</param>
internal sealed class FileSecrets(string folder) : ISecretStore
{
    /// <inheritdoc/>
    public string? Read(SecretSource source, out string allowed)
    {
        if (source.File is not { } file)
        {
            allowed = "the text itself or a file here: Secrets are a cluster's";
            return source.Text;
        }

        try
        {
            allowed = "";
            return File.ReadAllText(Path.Combine(folder, file)).TrimEnd('\r', '\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            allowed = $"a file that can be read: {exception.Message}";
            return null;
        }
    }
}
