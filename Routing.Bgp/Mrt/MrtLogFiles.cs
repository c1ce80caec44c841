using System.Globalization;

namespace Routing.Bgp.Mrt;

/// <summary>The files of an update log: the one being written, its end by length or age, and the removal of the
/// oldest.</summary>
internal sealed class MrtLogFiles(MrtLogConfig config, TimeProvider time) : IAsyncDisposable
{
    private const string Pattern = "updates.*.mrt";

    private FileStream? _file;
    private DateTimeOffset _since;

    /// <summary>The file being written.</summary>
    public string? Current => _file?.Name;

    /// <summary>Appends whole records, in a new file when it is time for one.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> records, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_file is { } file && (file.Length >= config.MaxFileOctets || now - _since >= config.MaxFileAge))
        {
            await CloseAsync();
        }

        _file ??= Open(now);
        await _file.WriteAsync(records, cancellationToken);
        await _file.FlushAsync(cancellationToken);
    }

    /// <summary>Ends the file; what comes next begins another.</summary>
    public async ValueTask CloseAsync()
    {
        var file = _file;
        _file = null;
        await (file?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync();

    private FileStream Open(DateTimeOffset now)
    {
        Directory.CreateDirectory(config.Directory);
        _since = now;
        var stamp = now.UtcDateTime.ToString("yyyyMMdd.HHmmss", CultureInfo.InvariantCulture);
        var name = Path.Combine(config.Directory, $"updates.{stamp}.mrt");

        // Several in one second: by length, or after a restart. Names keep their order as texts.
        for (var i = 1; File.Exists(name); i++)
        {
            name = Path.Combine(config.Directory, string.Create(CultureInfo.InvariantCulture, $"updates.{stamp}_{i:D4}.mrt"));
        }

        var file = new FileStream(
            name, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
        RemoveOldest();
        return file;
    }

    private void RemoveOldest()
    {
        var files = Directory.GetFiles(config.Directory, Pattern).Order(StringComparer.Ordinal).ToList();
        foreach (var old in files.Take(config.MaxFiles == 0 ? 0 : Math.Max(0, files.Count - config.MaxFiles)))
        {
            File.Delete(old);
        }
    }
}
