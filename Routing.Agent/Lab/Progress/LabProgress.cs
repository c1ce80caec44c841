namespace Routing.Agent.Lab.Progress;

/// <summary>The steps of bringing a lab up, in the order they began. Thread-safe: steps overlap.</summary>
internal sealed class LabProgress(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Called when a step is finished, on the task that finished it.</summary>
    public Action<LabStep>? Finished { get; set; }

    /// <summary>All steps so far.</summary>
    public IReadOnlyList<LabStep> Steps
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries.Select(Snapshot)];
            }
        }
    }

    /// <summary>Begins a step, or says how far it is.</summary>
    public void Report(string name, string detail) => Change(name, detail, done: false);

    /// <summary>Ends a step.</summary>
    public void Finish(string name, string detail) => Finished?.Invoke(Change(name, detail, done: true));

    private LabStep Change(string name, string detail, bool done)
    {
        lock (_lock)
        {
            var entry = _entries.Find(entry => entry.Name == name);
            if (entry is null)
            {
                entry = new Entry(name, time.GetTimestamp());
                _entries.Add(entry);
            }

            entry.Detail = detail;
            entry.Took = done ? time.GetElapsedTime(entry.Started) : null;
            return Snapshot(entry);
        }
    }

    private LabStep Snapshot(Entry entry) =>
        new(entry.Name, entry.Detail, entry.Took ?? time.GetElapsedTime(entry.Started), entry.Took is not null);

    private sealed class Entry(string name, long started)
    {
        public string Name { get; } = name;

        public long Started { get; } = started;

        public string Detail { get; set; } = "";

        public TimeSpan? Took { get; set; }
    }
}
