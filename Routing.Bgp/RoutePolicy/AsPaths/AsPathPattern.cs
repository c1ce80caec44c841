using System.Diagnostics.CodeAnalysis;

namespace Routing.Bgp.RoutePolicy.AsPaths;

/// <summary>A regular expression over the AS numbers of a path. As in Cisco's expressions it may match anywhere unless
/// anchored, but its letters are whole AS numbers, not digits.</summary>
/// <remarks><code>
/// 65000          that AS                       ^ $        begin and end of the path
/// 65000-65010    one of these                  ( | )      one of several
/// [1 3 10-20]    one of these                  * + ?      any number of times, at least once, at most once
/// [^1 3 10-20]   one that is none of these     {2} {2,}   so many times, at least so many,
/// .              any AS                        {2,4}      from so many to so many
/// _ and blanks   stand between AS numbers and match nothing themselves
/// </code>
/// The members of sets and of confederation segments count as AS numbers in the order in which they stand.</remarks>
public sealed record AsPathPattern
{
    private AsPathPattern(string text, AsPathNode root, AsPathAutomaton automaton) =>
        (Text, Root, Automaton) = (text, root, automaton);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>What it means.</summary>
    internal AsPathNode Root { get; }

    /// <summary>The same, compiled.</summary>
    internal AsPathAutomaton Automaton { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pattern">The expression.</param>
    /// <param name="error">What is wrong, and where.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out AsPathPattern? pattern, [NotNullWhen(false)] out string? error)
    {
        pattern = null;
        if (!AsPathParser.TryParse(text, out var root, out error))
        {
            return false;
        }

        if (AsPathAutomaton.TryBuild(root) is not { } automaton)
        {
            error = $"a simpler expression: this one needs more than {AsPathAutomaton.MostStates} states";
            return false;
        }

        pattern = new AsPathPattern(text, root, automaton);
        return true;
    }

    /// <summary>By the text: it says everything.</summary>
    public bool Equals(AsPathPattern? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
