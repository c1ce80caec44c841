using Routing.Policy.Model;

namespace Routing.Policy.Translate.Calico;

/// <summary>Reads Calico's selector language.</summary>
/// <remarks>
/// <code>
/// or     = and *( "||" and )                        the empty selector is "all()"
/// and    = not *( "&amp;&amp;" not )
/// not    = *"!" ( "(" or ")" / "all()" / "global()" / "has(" label ")" / test )
/// test   = label ( "==" / "!=" / "contains" / "starts with" / "ends with" ) text
///        / label ( "in" / "not in" ) "{" [ text *( "," text ) [ "," ] ] "}"
/// label  = 1*512( letter / digit / "_" / "." / "/" / "-" )
/// text   = in quotes of either kind; there are no escapes
/// </code>
/// Between words spaces and tabs mean nothing; between the two words of an operator they may be missing.
/// </remarks>
public ref struct SelectorParser
{
    private const int MaxLabelLength = 512;

    /// <summary>Deeper nesting is no selector that anybody wrote, and would cost the stack.</summary>
    private const int MaxDepth = 100;

    private readonly ReadOnlySpan<char> _text;
    private int _position;
    private int _depth;
    private SelectorError? _error;

    private SelectorParser(ReadOnlySpan<char> text) => _text = text;

    private readonly ReadOnlySpan<char> Rest => _text[_position..];

    /// <summary>Reads a selector; never throws.</summary>
    /// <returns>False with the first place that is wrong.</returns>
    public static bool TryParse(string? text, out LabelExpression expression, out SelectorError? error)
    {
        var parser = new SelectorParser(text);
        parser.SkipSpace();
        expression = new LabelExpression.All();
        if (!parser.Rest.IsEmpty && parser.TryOr(out expression) && !parser.Rest.IsEmpty)
        {
            parser.Fail("&&, || or the end");
        }

        error = parser._error;
        return error is null;
    }

    private bool TryOr(out LabelExpression expression)
    {
        if (!TryAnd(out expression))
        {
            return false;
        }

        var operands = new List<LabelExpression> { expression };
        while (TrySymbol("||"))
        {
            if (!TryAnd(out var next))
            {
                return false;
            }

            operands.Add(next);
        }

        expression = operands.Count == 1 ? expression : new LabelExpression.Or([.. operands]);
        return true;
    }

    private bool TryAnd(out LabelExpression expression)
    {
        if (!TryNot(out expression))
        {
            return false;
        }

        var operands = new List<LabelExpression> { expression };
        while (TrySymbol("&&"))
        {
            if (!TryNot(out var next))
            {
                return false;
            }

            operands.Add(next);
        }

        expression = operands.Count == 1 ? expression : new LabelExpression.And([.. operands]);
        return true;
    }

    private bool TryNot(out LabelExpression expression)
    {
        var negated = false;
        while (TrySymbol("!"))
        {
            negated = !negated;
        }

        if (!TryOperand(out expression))
        {
            return false;
        }

        expression = negated ? new LabelExpression.Not(expression) : expression;
        return true;
    }

    private bool TryOperand(out LabelExpression expression)
    {
        expression = new LabelExpression.All();
        if (TrySymbol("("))
        {
            if (++_depth > MaxDepth)
            {
                return Fail($"at most {MaxDepth} parentheses inside each other");
            }

            var read = TryOr(out expression) && Close(")");
            _depth--;
            return read;
        }

        if (TrySymbol("all("))
        {
            return Close(")");
        }

        if (TrySymbol("global("))
        {
            expression = new LabelExpression.Global();
            return Close(")");
        }

        if (TrySymbol("has("))
        {
            if (!TryLabel(out var key))
            {
                return false;
            }

            expression = Label(key, SelectorOperator.Exists, []);
            return Close(")");
        }

        return TryLabel(out var label) && TryTest(label, out expression);
    }

    private bool TryTest(string label, out LabelExpression expression)
    {
        expression = new LabelExpression.All();
        SelectorOperator? equality = TrySymbol("==") ? SelectorOperator.In : TrySymbol("!=") ? SelectorOperator.NotIn : null;
        if (equality is { } equals)
        {
            var read = TryText(out var value);
            expression = Label(label, equals, [value]);
            return read;
        }

        SelectorOperator? membership = TryWords("in") ? SelectorOperator.In : TryWords("not", "in") ? SelectorOperator.NotIn : null;
        if (membership is { } isIn)
        {
            var read = TrySet(out var values);
            expression = Label(label, isIn, [.. values]);
            return read;
        }

        PartOperator? part = TryWords("contains") ? PartOperator.Contains
            : TryWords("starts", "with") ? PartOperator.StartsWith
            : TryWords("ends", "with") ? PartOperator.EndsWith
            : null;
        if (part is { } where)
        {
            var read = TryText(out var text);
            expression = new LabelExpression.Part(label, where, text);
            return read;
        }

        return Fail($"after label '{label}' one of ==, !=, in, not in, contains, starts with, ends with");
    }

    private static LabelExpression.Label Label(string key, SelectorOperator how, EquatableArray<string> values) =>
        new(new Requirement(key, how, values));

    private bool TrySet(out List<string> values)
    {
        values = [];
        if (!TrySymbol("{"))
        {
            return Fail("a set: { and values in quotes");
        }

        while (Rest is ['\'' or '"', ..])
        {
            if (!TryText(out var value))
            {
                return false;
            }

            values.Add(value);
            if (!TrySymbol(","))
            {
                break;
            }
        }

        return Close("}");
    }

    private bool TryText(out string text)
    {
        text = "";
        if (Rest is not ['\'' or '"', ..])
        {
            return Fail("a value in quotes");
        }

        var end = Rest[1..].IndexOf(Rest[0]);
        if (end < 0)
        {
            return Fail($"a value that ends with {Rest[0]} as it begins");
        }

        text = Rest.Slice(1, end).ToString();
        _position += end + 2;
        SkipSpace();
        return true;
    }

    private bool TryLabel(out string label)
    {
        var length = 0;
        while (length < Rest.Length && IsLabelCharacter(Rest[length]))
        {
            length++;
        }

        label = length is > 0 and <= MaxLabelLength ? Rest[..length].ToString() : "";
        if (label.Length == 0)
        {
            return Fail(length == 0
                ? "a label, has(label), all(), global(), ! or ("
                : $"a label of at most {MaxLabelLength} characters");
        }

        _position += length;
        SkipSpace();
        return true;
    }

    /// <summary>Words with nothing of a label behind them.</summary>
    private bool TryWords(params ReadOnlySpan<string> words)
    {
        var before = _position;
        foreach (var word in words)
        {
            if (!TrySymbol(word))
            {
                _position = before;
                return false;
            }
        }

        // "in" with a space behind it has been read with the space: only what touches the word counts.
        if (_text[_position - 1] is not (' ' or '\t') && Rest is [var next, ..] && IsLabelCharacter(next))
        {
            _position = before;
            return false;
        }

        return true;
    }

    private bool TrySymbol(string symbol)
    {
        if (!Rest.StartsWith(symbol, StringComparison.Ordinal))
        {
            return false;
        }

        _position += symbol.Length;
        SkipSpace();
        return true;
    }

    private bool Close(string symbol) => TrySymbol(symbol) || Fail(symbol);

    private void SkipSpace()
    {
        while (Rest is [' ' or '\t', ..])
        {
            _position++;
        }
    }

    private bool Fail(string expected)
    {
        _error ??= new SelectorError(_position, $"expected {expected}");
        return false;
    }

    private static bool IsLabelCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or '-';
}
