namespace Routing.Agent.Attachments;

/// <summary>The attachments of this node, in memory and as one small file each, so that they outlive the agent but not
/// the host.</summary>
/// <remarks>
/// A record is named after the host's interface, never after what a caller sent. It is `NAME.wiring` from before the
/// kernel is touched until the ADD has succeeded, then renamed to `NAME.json`: whatever instant the agent is killed at,
/// a name says which interface may be there, and whether anybody was told that it is. Nothing is synced: the folder is
/// in memory, as the interfaces are. Thread-safe.
/// </remarks>
public sealed class AttachmentStore
{
    private const string Complete = ".json";
    private const string Wiring = ".wiring";
    private const string Unreadable = ".unreadable";

    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly Dictionary<AttachmentKey, (Attachment Attachment, bool IsComplete)> _entries = [];
    private readonly List<string> _interrupted = [];
    private readonly List<string> _problems = [];
    private volatile IReadOnlyList<Attachment> _attachments = [];

    private AttachmentStore(string folder) => _folder = folder;

    /// <summary>The attachments that were completed: a snapshot that does not change.</summary>
    public IReadOnlyList<Attachment> Attachments => _attachments;

    /// <summary>Host interfaces whose ADD the last agent did not live to finish.</summary>
    public IReadOnlyList<string> Interrupted => _interrupted;

    /// <summary>What could not be read at the start, as sentences.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Reads the folder, making it when it is not there.</summary>
    /// <exception cref="IOException">It cannot be made or listed.</exception>
    public static AttachmentStore Open(string folder)
    {
        Directory.CreateDirectory(folder,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var store = new AttachmentStore(folder);
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            if (path.EndsWith(Wiring, StringComparison.Ordinal))
            {
                store._interrupted.Add(Path.GetFileNameWithoutExtension(path));
            }
            else if (path.EndsWith(Complete, StringComparison.Ordinal))
            {
                store.Read(path);
            }
        }

        store.Publish();
        return store;
    }

    /// <summary>Finds an attachment.</summary>
    /// <returns>Null when there is none; <c>IsComplete</c> false for one whose ADD could not be undone.</returns>
    internal (Attachment Attachment, bool IsComplete)? Find(AttachmentKey key)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(key, out var entry) ? entry : null;
        }
    }

    /// <summary>Every attachment, also those that are being made or could not be undone.</summary>
    internal IReadOnlyList<(Attachment Attachment, bool IsComplete)> All()
    {
        lock (_lock)
        {
            return [.. _entries.Values];
        }
    }

    /// <summary>Notes that the attachment is about to be made.</summary>
    internal void Begin(Attachment attachment)
    {
        lock (_lock)
        {
            // Another key with the same 48 bits: as good as impossible, and ruinous if taken for the same.
            if (_entries.Values.Any(each => each.Attachment.HostInterface == attachment.HostInterface
                && each.Attachment.Key != attachment.Key))
            {
                throw new InvalidOperationException(
                    $"{attachment.Key} would share the interface name {attachment.HostInterface} with another");
            }

            _entries[attachment.Key] = (attachment, IsComplete: false);
            Publish();
            File.Delete(PathOf(attachment.HostInterface, Complete));
            File.WriteAllBytes(PathOf(attachment.HostInterface, Wiring), AttachmentFile.Encode(attachment));
        }
    }

    /// <summary>Notes that the attachment is made.</summary>
    internal void Finish(Attachment attachment)
    {
        lock (_lock)
        {
            var name = attachment.HostInterface;
            File.Move(PathOf(name, Wiring), PathOf(name, Complete), overwrite: true);
            _entries[attachment.Key] = (attachment, IsComplete: true);
            Publish();
        }
    }

    /// <summary>Forgets the attachment; also one that is not there.</summary>
    internal void Remove(AttachmentKey key)
    {
        lock (_lock)
        {
            Forget(key.HostInterface());
            _entries.Remove(key);
            Publish();
        }
    }

    /// <summary>Forgets an interrupted ADD.</summary>
    internal void Forget(string hostInterface)
    {
        File.Delete(PathOf(hostInterface, Wiring));
        File.Delete(PathOf(hostInterface, Complete));
    }

    private void Read(string path)
    {
        try
        {
            var attachment = AttachmentFile.Decode(File.ReadAllBytes(path));
            if (Path.GetFileNameWithoutExtension(path) != attachment.HostInterface)
            {
                throw new FormatException($"its container and interface belong to {attachment.HostInterface}");
            }

            _entries[attachment.Key] = (attachment, IsComplete: true);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            _problems.Add($"{path}: {e.Message}; kept as {Path.ChangeExtension(path, Unreadable)}");
            File.Move(path, Path.ChangeExtension(path, Unreadable), overwrite: true);
        }
    }

    private void Publish() =>
        _attachments = [.. _entries.Values.Where(each => each.IsComplete).Select(each => each.Attachment)];

    private string PathOf(string hostInterface, string state) => Path.Combine(_folder, hostInterface + state);
}
