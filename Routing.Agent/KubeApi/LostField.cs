namespace Routing.Agent.KubeApi;

/// <summary>A field that cannot be read as its kind has it here.</summary>
/// <param name="Path">"spec.ingress", or "spec.nets[2]": of a list only the elements that cannot be read are lost.</param>
/// <param name="Text">What stands there, or the beginning of it.</param>
public sealed record LostField(string Path, string Text)
{
    /// <summary>True when it is this field, inside it, or around it.</summary>
    public bool Touches(string path) => Holds(Path, path) || Holds(path, Path);

    private static bool Holds(string whole, string part) => part.StartsWith(whole, StringComparison.Ordinal)
        && (part.Length == whole.Length || part[whole.Length] is '.' or '[');
}
