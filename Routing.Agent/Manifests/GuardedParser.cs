using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Routing.Agent.Manifests;

/// <summary>YamlDotNet's parser for input that nobody has vouched for: the library builds its nodes by recursion, however
/// deep the document, and answers some malformed ones with exceptions that know no place.</summary>
internal sealed class GuardedParser : IParser
{
    /// <summary>No manifest is this deep, and the stack is not endless.</summary>
    public const int MaxDepth = 64;

    private readonly Parser _inner;
    private int _depth;
    private Mark _place = Mark.Empty;

    private GuardedParser(TextReader text) => _inner = new Parser(text);

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
        return _depth <= MaxDepth
            ? true
            : throw new YamlException(Current.Start, Current.End, $"nested deeper than {MaxDepth}");
    }
}
