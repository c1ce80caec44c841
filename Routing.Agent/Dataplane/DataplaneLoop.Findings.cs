namespace Routing.Agent.Dataplane;

/// <content>What the log is told of what was committed, once each.</content>
internal sealed partial class DataplaneLoop
{
    private Dictionary<string, string> _hostEndpoints = []; // their interfaces, as the log was told
    private HashSet<string> _faults = []; // likewise

    /// <summary>Logs which policies are not done as they say, where that has changed.</summary>
    private void TellFaults()
    {
        var now = _policy.Faults.ToLookup(fault => fault.ToString(), StringComparer.Ordinal);
        foreach (var fault in now.Where(one => !_faults.Contains(one.Key)).Select(one => one.First()))
        {
            var (level, policies) = (fault.Defect is null ? LogLevel.Warning : LogLevel.Error, string.Join(", ", fault.Policies));
            LogFault(level, fault.Defect, fault.Side, policies, fault.Reason);
        }

        _faults = [.. now.Select(one => one.Key)];
    }

    /// <summary>Logs which interfaces the node's host endpoints are, where that has changed.</summary>
    private void TellHostEndpoints()
    {
        var now = _policy.HostEndpoints().ToDictionary(
            one => one.Endpoint.Name, one => string.Join(", ", one.Interfaces), StringComparer.Ordinal);
        foreach (var (name, interfaces) in now)
        {
            if (_hostEndpoints.GetValueOrDefault(name) == interfaces)
            {
                continue;
            }

            if (interfaces.Length > 0)
            {
                LogHostEndpoint(name, interfaces);
            }
            else
            {
                LogNoHostEndpoint(name);
            }
        }

        _hostEndpoints = now;
    }

    [LoggerMessage("Packet filter: {Side} by {Policy}: {Reason}")]
    private partial void LogFault(LogLevel level, Exception? defect, string side, string policy, string reason);

    [LoggerMessage(LogLevel.Information, "HostEndpoint {Name} is {Interfaces}")]
    private partial void LogHostEndpoint(string name, string interfaces);

    [LoggerMessage(LogLevel.Warning,
        "HostEndpoint {Name}: no interface of this node has its addresses, or another HostEndpoint is that interface: nothing of it is enforced")]
    private partial void LogNoHostEndpoint(string name);
}
