using Routing.Policy.Model;

namespace Routing.Agent.Manifests;

/// <summary>One thing wrong in a file: where, what stands there and what may.</summary>
/// <param name="File">As the user named it, or a file in the folder the user named; empty for an object of the API
/// server.</param>
/// <param name="Line">From 1; 0 when the file as a whole is meant.</param>
/// <param name="Message">Field, value and what is allowed, in a line.</param>
internal sealed record ManifestError(string File, int Line, string Message) : IComparable<ManifestError>
{
    /// <summary>Kind and name of the object; empty where it has none, or nobody needs it apart.</summary>
    public string Object { get; init; } = "";

    /// <summary>Field, value and what is allowed, for programs; null where the message says all there is.</summary>
    public Problem? Problem { get; init; }

    /// <inheritdoc/>
    public int CompareTo(ManifestError? other)
    {
        var byFile = string.CompareOrdinal(File, other?.File);
        return byFile != 0 ? byFile : Line.CompareTo(other?.Line ?? 0);
    }

    /// <summary>"file:line: message", as compilers write it.</summary>
    public override string ToString() =>
        Line > 0 ? $"{File}:{Line}: {Message}" : File.Length > 0 ? $"{File}: {Message}" : Message;
}
