using System.Globalization;
using Routing.Policy.Model;

namespace Routing.Agent.Domains;

/// <summary>What was learned of names, for the agent after this one: a line for each answer's address, added before its packet goes
/// on, so that whoever dies leaves nothing in force that the next does not know.</summary>
/// <remarks>
/// <code>
/// www.example.com 192.0.2.1 1790000000000      name or wildcard, address, until when (milliseconds since 1970)
/// </code>
/// The last line of an address counts. Written anew, and put in place by a rename, at the start and when most lines are of no use any
/// more. It lies beside the attachments and is gone with the host, as the rules are: nothing waits for a disk.
/// </remarks>
internal sealed class NameFile : IDisposable
{
    /// <summary>Lines that may be of no use, beside four for each address.</summary>
    private const int Slack = 4096;

    private readonly string _path;
    private FileStream? _stream;
    private int _lines;

    public NameFile(string path) => _path = path;

    /// <summary>Reads what is there; lines that are none are left out, such as one that was being written.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IReadOnlyCollection<(DomainPattern Pattern, Address Address, DateTimeOffset Until)> Read()
    {
        var found = new Dictionary<(DomainPattern, Address), DateTimeOffset>();
        foreach (var line in File.Exists(_path) ? File.ReadLines(_path) : [])
        {
            if (line.Split(' ') is [var name, var text, var time]
                && DomainPattern.TryParse(name, out var pattern) && Address.TryParse(text, out var address)
                && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var until)
                && until <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            {
                found[(pattern, address)] = DateTimeOffset.FromUnixTimeMilliseconds(until);
            }
        }

        return [.. found.Select(one => (one.Key.Item1, one.Key.Item2, one.Value))];
    }

    /// <summary>Writes it anew.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Replace(IEnumerable<(DomainPattern Pattern, Address Address, DateTimeOffset Until)> all)
    {
        _stream?.Dispose();
        _stream = null;
        var lines = all.Select(Line).ToList();
        var draft = _path + ".new";
        File.WriteAllText(draft, string.Concat(lines));
        File.Move(draft, _path, overwrite: true);
        _lines = lines.Count;
        _stream = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Adds lines, after the first <see cref="Replace"/>.</summary>
    /// <returns>True when it had better be written anew.</returns>
    /// <param name="some">What to add.</param>
    /// <param name="live">How many addresses there are.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public bool Add(IReadOnlyCollection<(DomainPattern Pattern, Address Address, DateTimeOffset Until)> some, int live)
    {
        if (_stream is null)
        {
            return true;
        }

        try
        {
            _stream.Write(System.Text.Encoding.ASCII.GetBytes(string.Concat(some.Select(Line))));
        }
        catch (IOException)
        {
            // Half a line may be there, which the next one would go on with: all is written anew when there is room.
            _stream.Dispose();
            _stream = null;
            throw;
        }

        _lines += some.Count;
        return _lines > (4 * live) + Slack;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream?.Dispose();

    private static string Line((DomainPattern Pattern, Address Address, DateTimeOffset Until) one) =>
        string.Create(CultureInfo.InvariantCulture, $"{one.Pattern} {one.Address} {one.Until.ToUnixTimeMilliseconds()}\n");
}
