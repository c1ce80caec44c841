using k8s;
using k8s.Models;

namespace Routing.Agent.KubeApi;

public sealed partial class ResourceWatch<T>
    where T : IKubernetesObject<V1ObjectMeta>
{
    private void Connected()
    {
        if (!_state.Connected)
        {
            _state = _state with { Connected = true, Since = _time.GetUtcNow(), LastError = null };
            WatchOpened(_path.Name, _version);
        }
    }

    private void Disconnected(string? error) =>
        _state = _state.Connected
            ? _state with { Connected = false, Since = _time.GetUtcNow(), LastError = error }
            : _state with { LastError = error ?? _state.LastError };

    [LoggerMessage(Level = LogLevel.Information, Message = "Listed {Count} {Resource} at {ResourceVersion}")]
    private partial void Listed(string resource, int count, string resourceVersion);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Watching {Resource} from {ResourceVersion}")]
    private partial void WatchOpened(string resource, string? resourceVersion);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Watch of {Resource} broke, continuing: {Reason}")]
    private partial void WatchBroken(string resource, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot follow {Resource}, trying again in {Delay}: {Reason}")]
    private partial void Retrying(string resource, TimeSpan delay, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The cluster does not define {Resource}: there are none")]
    private partial void NotDefined(string resource);

    [LoggerMessage(Level = LogLevel.Information, Message = "History of {Resource} before {ResourceVersion} is gone, listing again")]
    private partial void WatchExpired(string resource, string? resourceVersion);

    [LoggerMessage(Level = LogLevel.Error, Message = "Cannot read all of {Resource} {Name}: {Reason}")]
    private partial void Undecodable(string resource, string name, string reason);
}
