namespace Routing.Agent.Lab.Api.Http;

/// <summary>What a URL names: /api/v1 or /apis/GROUP/VERSION, then [/namespaces/NS]/RESOURCE[/NAME[/SUBRESOURCE]].</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Version">As in v1.</param>
/// <param name="Namespace">Empty: cluster-scoped, or all namespaces.</param>
/// <param name="Resource">Plural name.</param>
/// <param name="Name">Empty for the collection.</param>
/// <param name="Subresource">Empty for the object itself.</param>
internal sealed record RequestPath(
    string Group, string Version, string Namespace, string Resource, string Name, string Subresource)
{
    /// <summary>False for paths that are no resource's: discovery and the rest.</summary>
    public static bool TryParse(string path, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RequestPath? parsed)
    {
        parsed = null;
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        string group, version;
        string[] rest;
        switch (parts)
        {
            case ["api", var v, .. var below]:
                (group, version, rest) = ("", v, below);
                break;
            case ["apis", var g, var v, .. var below]:
                (group, version, rest) = (g, v, below);
                break;
            default:
                return false;
        }

        // namespaces/NS/status is about the namespace, namespaces/NS/pods about what is in it.
        parsed = rest switch
        {
            ["namespaces", var name, "status" or "finalize"] =>
                new RequestPath(group, version, "", "namespaces", name, rest[2]),
            ["namespaces", var space, var resource, .. var below] when below.Length <= 2 => new RequestPath(
                group, version, space, resource, below.ElementAtOrDefault(0) ?? "", below.ElementAtOrDefault(1) ?? ""),
            [var resource, .. var below] when below.Length <= 2 => new RequestPath(
                group, version, "", resource, below.ElementAtOrDefault(0) ?? "", below.ElementAtOrDefault(1) ?? ""),
            _ => null,
        };
        return parsed is not null;
    }
}
