using System.Text.Json;

namespace Routing.Agent.Lab.State;

/// <summary>The state file of a running lab. Each entry is on disk before the thing it names is made (a process: right
/// after), so that a lab killed at any point leaves nothing `lab down` does not know.</summary>
/// <remarks>Thread-safe: namespaces and processes come and go on several tasks.</remarks>
public sealed class LabLedger
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly Lock _lock = new();
    private readonly string _path;
    private LabState _state = new() { Owner = ProcessIdentity.Current };

    /// <param name="path">The state file; its folder exists.</param>
    public LabLedger(string path)
    {
        _path = path;
        Change(state => state);
    }

    /// <summary>What has been written down.</summary>
    public LabState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>Reads what a lab left; null when there is no readable state file.</summary>
    public static LabState? TryRead(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<LabState>(File.ReadAllText(path), Json);
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>A namespace that is about to be made.</summary>
    public void AddNamespace(string name) =>
        Change(state => state with { Namespaces = state.Namespaces.Remove(name).Add(name) });

    /// <summary>A namespace that is gone.</summary>
    public void RemoveNamespace(string name) =>
        Change(state => state with { Namespaces = state.Namespaces.Remove(name) });

    /// <summary>A process that was started.</summary>
    public void AddProcess(LabProcessRecord process) =>
        Change(state => state with { Processes = state.Processes.Add(process) });

    /// <summary>A process that has ended.</summary>
    public void RemoveProcess(LabProcessRecord process) =>
        Change(state => state with { Processes = state.Processes.Remove(process) });

    /// <summary>A mount that is about to be made.</summary>
    public void AddMount(string path) => Change(state => state with { Mounts = state.Mounts.Add(path) });

    /// <summary>A folder that was missing and is about to be made.</summary>
    public void AddFolder(string path) => Change(state => state with { Folders = state.Folders.Add(path) });

    private void Change(Func<LabState, LabState> change)
    {
        lock (_lock)
        {
            _state = change(_state);
            var temporary = _path + ".new";
            File.WriteAllText(temporary, JsonSerializer.Serialize(_state, Json));
            File.Move(temporary, _path, overwrite: true);
        }
    }
}
