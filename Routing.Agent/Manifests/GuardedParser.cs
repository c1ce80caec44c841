using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Routing.Agent.Manifests;

/// <summary>YamlDotNet's parser for input that nobody has vouched for: the library builds its nodes by recursion, however
/// deep the document, lets a few lines of aliases of aliases stand for more than any memory holds, and answers some malformed
/// documents with exceptions that know no place.</summary>
internal sealed class GuardedParser : IParser
{
    /// <summary>No manifest is this deep, and the stack is not endless.</summary>
    public const int MaxDepth = 64;

    /// <summary>What aliases may add to a text, in nodes. People write them for a handful.</summary>
    private const long MaxAliased = 100_000;

    private readonly Scanner _scanner;
    private readonly Parser _inner;
    private readonly Dictionary<AnchorName, long> _sizes = [];
    private readonly Stack<(AnchorName Anchor, long Size)> _open = [];
    private long _aliased;
    private int _depth;
    private Mark _place = Mark.Empty;

    private GuardedParser(TextReader text)
    {
        _scanner = new Scanner(text);
        _inner = new Parser(_scanner);
    }

    /// <inheritdoc/>
    public ParsingEvent? Current => _inner.Current;

    /// <summary>Reads all documents.</summary>
    /// <exception cref="YamlException">One is malformed or too deep.</exception>
    public static IList<YamlDocument> Read(TextReader text)
    {
        var parser = new GuardedParser(text);
        var stream = new YamlStream();
        try
        {
            stream.Load(parser);
        }
        catch (SyntaxErrorException e) when (e.Message.Contains("tab", StringComparison.Ordinal) && parser._scanner.CurrentPosition.Line > e.End.Line)
        {
            throw new YamlException(parser._scanner.CurrentPosition, parser._scanner.CurrentPosition, e.Message); // it names what began before the tab
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException)
        {
            throw new YamlException(parser._place, parser._place, "the document breaks off or is malformed after this");
        }

        return stream.Documents;
    }

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (!_inner.MoveNext())
        {
            return false;
        }

        _place = Current!.Start;
        _depth += Current.NestingIncrease;
        if (_depth > MaxDepth)
        {
            throw new YamlException(Current.Start, Current.End, $"nested deeper than {MaxDepth}");
        }

        Measure(Current);
        return _aliased <= MaxAliased
            ? true
            : throw new YamlException(Current.Start, Current.End, $"aliases stand for more than {MaxAliased} values");
    }

    /// <summary>Adds up how many values there are in each anchor, with those of the aliases in it.</summary>
    private void Measure(ParsingEvent current)
    {
        switch (current)
        {
            case SequenceStart or MappingStart:
                _open.Push((((NodeEvent)current).Anchor, 1));
                break;
            case SequenceEnd or MappingEnd:
                var (anchor, size) = _open.Pop();
                Count(anchor, size);
                break;
            case AnchorAlias alias:
                var aliased = _sizes.GetValueOrDefault(alias.Value, 1); // one that contains itself is too deep
                _aliased += aliased;
                Count(AnchorName.Empty, aliased);
                break;
            case Scalar scalar:
                Count(scalar.Anchor, 1);
                break;
        }
    }

    private void Count(AnchorName anchor, long size)
    {
        if (!anchor.IsEmpty)
        {
            _sizes[anchor] = size;
        }

        if (_open.TryPop(out var outer))
        {
            _open.Push((outer.Anchor, outer.Size + size));
        }
    }
}
