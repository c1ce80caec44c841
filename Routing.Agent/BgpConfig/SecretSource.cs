namespace Routing.Agent.BgpConfig;

/// <summary>Where a password or key is to be had.</summary>
/// <param name="Field">The field that says so, for messages.</param>
/// <param name="Text">The secret itself; never shown.</param>
/// <param name="File">A file whose content it is, but for a line's end.</param>
/// <param name="SecretName">A Secret of the agent's namespace.</param>
/// <param name="SecretKey">The Secret's field.</param>
internal sealed record SecretSource(
    string Field, string? Text = null, string? File = null, string? SecretName = null, string? SecretKey = null)
{
    /// <inheritdoc/>
    public override string ToString() => File ?? (SecretName is null ? "(secret)" : $"{SecretName}/{SecretKey}");
}
