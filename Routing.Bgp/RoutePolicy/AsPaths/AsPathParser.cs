using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Routing.Bgp.RoutePolicy.Sets;

namespace Routing.Bgp.RoutePolicy.AsPaths;

/// <summary>Reads expressions over AS numbers; <see cref="AsPathPattern"/> has their syntax.</summary>
/// <remarks>Where Cisco's expressions, which work on digits, would mean something else, the expression is refused: a class or
/// dot right behind a number, and the class of all digits.</remarks>
internal ref struct AsPathParser
{
    private const int MostCharacters = 4096;
    private const int MostRepetitions = 64;
    private const int MostDepth = 32;

    private readonly ReadOnlySpan<char> _text;
    private int _position;
    private int _depth;

    /// <summary>The character before the position belongs to an AS number or class.</summary>
    private bool _isAfterAsn;

    private string? _error;

    private AsPathParser(ReadOnlySpan<char> text) => _text = text;

    private readonly char Current => _position < _text.Length ? _text[_position] : '\0';

    /// <summary>Reads an expression.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out AsPathNode? root, [NotNullWhen(false)] out string? error)
    {
        root = null;
        if (text.Length > MostCharacters)
        {
            error = $"an expression of at most {MostCharacters} characters";
            return false;
        }

        var parser = new AsPathParser(text);
        var read = parser.ReadAlternation();
        if (parser._error is null && parser._position < text.Length)
        {
            parser.Fail("this has no opening parenthesis");
        }

        error = parser._error;
        root = error is null ? read : null;
        return root is not null;
    }

    private AsPathNode ReadAlternation()
    {
        var isAfterAsn = _isAfterAsn; // each choice stands behind what is before the group
        var choices = new List<AsPathNode> { ReadConcatenation() };
        while (_error is null && Current == '|')
        {
            _position++;
            _isAfterAsn = isAfterAsn;
            choices.Add(ReadConcatenation());
        }

        return choices.Count == 1 ? choices[0] : new AsPathNode.Alternation([.. choices]);
    }

    private AsPathNode ReadConcatenation()
    {
        var parts = new List<AsPathNode>();
        while (_error is null && Current is not ('\0' or '|' or ')'))
        {
            if (Current is ' ' or '_' or '\t')
            {
                _position++;
                _isAfterAsn = false;
                continue;
            }

            parts.Add(ReadRepetition());
        }

        return parts.Count switch
        {
            0 => new AsPathNode.Empty(),
            1 => parts[0],
            _ => new AsPathNode.Concatenation([.. parts]),
        };
    }

    private AsPathNode ReadRepetition()
    {
        var isAnchor = Current is '^' or '$';
        var part = ReadAtom();
        while (_error is null && Current is '*' or '+' or '?' or '{')
        {
            if (isAnchor)
            {
                Fail("^ and $ cannot be repeated");
                break;
            }

            var (least, most) = ReadCounts();
            part = new AsPathNode.Repetition(part, least, most);
            _isAfterAsn = false;
        }

        return part;
    }

    private (int Least, int? Most) ReadCounts()
    {
        switch (_text[_position++])
        {
            case '*':
                return (0, null);
            case '+':
                return (1, null);
            case '?':
                return (0, 1);
        }

        var least = ReadCount();
        int? most = least;
        if (Current == ',')
        {
            _position++;
            most = Current == '}' ? null : ReadCount();
        }

        if (_error is null && (Current != '}' || most < least))
        {
            Fail($"counts as in {{2}}, {{2,}} or {{2,4}}, at most {MostRepetitions}");
        }

        _position++;
        return (least, most);
    }

    private int ReadCount()
    {
        var number = ReadNumber();
        if (number > MostRepetitions)
        {
            Fail($"a count of at most {MostRepetitions}");
        }

        return (int)Math.Min(number, MostRepetitions);
    }

    private AsPathNode ReadAtom()
    {
        switch (Current)
        {
            case '^':
                _position++;
                return new AsPathNode.Begin();
            case '$':
                _position++;
                return new AsPathNode.End();
            case '(':
                return ReadGroup();
            case '.' or '[' or (>= '0' and <= '9'):
                return ReadAsn();
            default:
                Fail("an AS number, . [ ] ( ) | ^ $ _ * + ? or { }");
                return new AsPathNode.Empty();
        }
    }

    private AsPathNode ReadGroup()
    {
        if (++_depth > MostDepth)
        {
            Fail($"parentheses at most {MostDepth} deep");
            return new AsPathNode.Empty();
        }

        _position++;
        var inner = ReadAlternation();
        if (_error is null && Current != ')')
        {
            Fail("a closing parenthesis");
        }

        _position++;
        _depth--;
        return inner;
    }

    private const string Separation =
        "a blank or _ before this: the letters of an expression are whole AS numbers, not digits";

    private AsPathNode.Asn ReadAsn()
    {
        if (_isAfterAsn)
        {
            Fail(Separation);
        }

        _isAfterAsn = true;
        if (Current == '.')
        {
            _position++;
            return new AsPathNode.Asn([new ValueRange(0, uint.MaxValue)]);
        }

        return new AsPathNode.Asn(Current == '[' ? ReadClass() : [ReadRange()]);
    }

    private Sequence<ValueRange> ReadClass()
    {
        if (_text[_position..].StartsWith("[0-9]"))
        {
            Fail(". for any AS number: [0-9] would be the AS numbers 0 to 9");
            return [];
        }

        _position++;
        var isNegated = Current == '^';
        _position += isNegated ? 1 : 0;
        var ranges = new List<ValueRange>();
        while (_error is null && Current != ']')
        {
            if (Current is ' ' or ',' or '_')
            {
                _position++;
            }
            else
            {
                ranges.Add(ReadRange());
            }
        }

        if (_error is null && ranges.Count == 0)
        {
            Fail("AS numbers or ranges in [ ]");
        }

        _position++;
        return SymbolClasses.Normalize(ranges, isNegated);
    }

    private ValueRange ReadRange()
    {
        var least = ReadNumber();
        if (Current != '-')
        {
            return ValueRange.Only(least);
        }

        _position++;
        var greatest = ReadNumber();
        if (_error is null && greatest < least)
        {
            Fail("a range from the lower to the higher number");
        }

        return new ValueRange(least, greatest);
    }

    private uint ReadNumber()
    {
        var start = _position;
        while (char.IsAsciiDigit(Current))
        {
            _position++;
        }

        if (!uint.TryParse(_text[start.._position], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            Fail($"a number up to {uint.MaxValue}");
        }

        return number;
    }

    private void Fail(string allowed)
    {
        if (_error is null)
        {
            var rest = _position < _text.Length ? $"'{_text[_position..]}'" : "the end";
            _error = $"at {rest}: {allowed}";
        }
    }
}
