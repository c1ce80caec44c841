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

    /// <summary>How many documents of a text may be wrong until nobody reads on: each is looked for from the beginning.</summary>
    private const int MaxErrors = 100;

    private readonly Scanner _scanner;
    private readonly Parser _inner;
    private readonly Dictionary<AnchorName, long> _sizes = [];
    private readonly Stack<(AnchorName Anchor, long Size)> _open = [];
    private long _aliased;
    private int _depth;
    private Mark _place = Mark.Empty;

    private long _line; // of the document's first line

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
        var documents = new List<YamlDocument>();
        return new GuardedParser(text).Read(documents) is { } error ? throw error : documents;
    }

    /// <summary>Reads all documents that can be read, and says what is wrong with the others, of which one hides no other: what begins
    /// with "---" is a document, whatever comes before it.</summary>
    public static (IReadOnlyList<YamlDocument> Documents, IReadOnlyList<YamlException> Errors) ReadAll(string text)
    {
        var (documents, errors) = (new List<YamlDocument>(), new List<YamlException>());
        var (lines, parser) = (new YamlText(text), new GuardedParser(new StringReader(text)));
        while (parser.Read(documents) is { } error)
        {
            errors.Add(error);
            if (errors.Count == MaxErrors || !lines.TryFindDocument(parser._line, out var rest))
            {
                break;
            }

            parser = new GuardedParser(new StringReader(rest)) { _aliased = parser._aliased, _line = lines.Line };
        }

        return (documents, errors);
    }

    /// <summary>Reads documents until one is wrong.</summary>
    private YamlException? Read(List<YamlDocument> documents)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(this);
            return null;
        }
        catch (SyntaxErrorException e) when (e.Message.Contains("tab", StringComparison.Ordinal) && _scanner.CurrentPosition.Line > e.End.Line)
        {
            return new YamlException(_scanner.CurrentPosition, _scanner.CurrentPosition, e.Message); // it names what began before the tab
        }
        catch (YamlException e)
        {
            return e;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException)
        {
            return new YamlException(_place, _place, "the document breaks off or is malformed after this");
        }
        finally
        {
            documents.AddRange(stream.Documents);
        }
    }

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (Current is DocumentStart)
        {
            _line = Current.End.Line; // now, and not when it came: aliases of the document before it are looked for behind its end
        }

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
