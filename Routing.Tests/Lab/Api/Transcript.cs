namespace Routing.Tests.Lab.Api;

/// <summary>One request to a real API server and its whole answer, as recorded in Golden/kube-api.</summary>
internal sealed record Transcript(
    string Name,
    string Method,
    string Path,
    IReadOnlyDictionary<string, string> RequestHeaders,
    string RequestBody,
    int Code,
    IReadOnlyDictionary<string, string> Headers,
    string Body)
{
    private const string Separator = "=== response\n";

    public static string Folder => Repository.PathOf("Routing.Tests/Golden/kube-api");

    /// <summary>Unauthenticated: the one transcript that holds the answer only.</summary>
    public bool IsAnonymous => Method.Length == 0;

    public static Transcript Read(string name)
    {
        var text = File.ReadAllText(System.IO.Path.Combine(Folder, name + ".http")).ReplaceLineEndings("\n");
        var cut = text.IndexOf(Separator, StringComparison.Ordinal);
        var (requestHead, requestBody) = cut < 0 ? ([], "") : Split(text[..cut]);
        var (head, body) = Split(cut < 0 ? text : text[(cut + Separator.Length)..]);
        var line = requestHead.FirstOrDefault("  ").Split(' ');
        return new Transcript(
            name, line[0], line[1], HeadersOf(requestHead), requestBody.Trim(), int.Parse(head[0].Split(' ')[1]), HeadersOf(head), body);
    }

    private static (string[] Head, string Body) Split(string message)
    {
        var end = message.IndexOf("\n\n", StringComparison.Ordinal);
        return (message[..end].Split('\n'), message[(end + 2)..]);
    }

    private static Dictionary<string, string> HeadersOf(string[] head) => head.Skip(1).Select(line => line.Split(": ", 2))
        .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
}
