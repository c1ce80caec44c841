namespace Routing.Agent.Cluster;

/// <summary>Keeps the <see cref="ClusterState"/>. Several feeds write, one kind each; everybody reads the
/// snapshot.</summary>
internal sealed class ClusterDirectory
{
    private readonly Lock _lock = new();
    private readonly List<Action<ClusterState>> _listeners = [];
    private volatile ClusterState _state = ClusterState.Unknown;

    /// <summary>What is known now.</summary>
    public ClusterState State => _state;

    /// <summary>Tells a listener of every change, in order, and of what is known already. It must only take
    /// note.</summary>
    public void Listen(Action<ClusterState> listener)
    {
        lock (_lock)
        {
            _listeners.Add(listener);
            listener(_state);
        }
    }

    /// <summary>Changes the state.</summary>
    public void Update(Func<ClusterState, ClusterState> change)
    {
        lock (_lock)
        {
            var next = change(_state);
            if (ReferenceEquals(next, _state))
            {
                return;
            }

            _state = next;
            foreach (var listener in _listeners)
            {
                listener(next);
            }
        }
    }
}
