namespace Routing.Agent.Manifests;

/// <summary>A text of YAML documents, gone through from marker to marker.</summary>
internal sealed class YamlText(string text)
{
    private const string Marker = "---";

    private int _next; // where the line after the one we are at begins

    /// <summary>The line we are at, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Goes on to the first document that begins after a line, and after the one we are at.</summary>
    /// <param name="line">From 1.</param>
    /// <param name="rest">The text from there on, behind as many empty lines as there are before it, so that lines keep their
    /// numbers.</param>
    public bool TryFindDocument(long line, out string rest)
    {
        while (_next < text.Length)
        {
            var begin = _next;
            Line++;
            _next = EndOfLine(begin);
            if (Line > line && IsMarker(begin))
            {
                rest = string.Concat(new string('\n', (int)Line - 1), text.AsSpan(begin));
                return true;
            }
        }

        rest = "";
        return false;
    }

    private bool IsMarker(int at) => text.AsSpan(at).StartsWith(Marker, StringComparison.Ordinal)
        && (at + Marker.Length == text.Length || text[at + Marker.Length] is ' ' or '\t' || IsBreak(text[at + Marker.Length]));

    private int EndOfLine(int from)
    {
        var at = from;
        while (at < text.Length && !IsBreak(text[at]))
        {
            at++;
        }

        return at + 1 < text.Length && text[at] == '\r' && text[at + 1] == '\n' ? at + 2 : at + 1;
    }

    /// <summary>What the library takes for the end of a line when it counts them.</summary>
    private static bool IsBreak(char one) => one is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029';
}
