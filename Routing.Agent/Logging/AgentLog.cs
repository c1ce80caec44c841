using System.Collections.Immutable;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Compact;

namespace Routing.Agent.Logging;

/// <summary>The one log of a daemon: compact JSON on stdout, with a level per subsystem that can be switched while it
/// runs. A subsystem is a namespace, and so the start of an event's SourceContext.</summary>
internal sealed class AgentLog : IDisposable
{
    /// <summary>What can be switched on its own.</summary>
    public static readonly ImmutableArray<string> Subsystems =
    [
        "Routing.Bgp", "Routing.Policy", "Routing.Agent.Cni", "Routing.Agent.Dataplane", "Routing.Agent.KubeApi",
        "Routing.Agent.Netlink", "Routing.Agent.Roles", "Routing.Agent.Speaker",
    ];

    private readonly LoggingLevelSwitch _default;
    private readonly Dictionary<string, LoggingLevelSwitch> _switches;
    private readonly Logger _logger;

    public AgentLog(LogEventLevel level, ILogEventSink? sink = null)
    {
        _default = new LoggingLevelSwitch(level);
        _switches = Subsystems.ToDictionary(name => name, _ => new LoggingLevelSwitch(level), StringComparer.Ordinal);
        var configuration = new LoggerConfiguration().MinimumLevel.ControlledBy(_default).Enrich.FromLogContext()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Grpc", LogEventLevel.Warning)

            // A port in use is told to the operator in one line; the host would log its stack as well.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal);
        foreach (var (name, subsystem) in _switches)
        {
            configuration.MinimumLevel.Override(name, subsystem);
        }

        _logger = (sink is null
            ? configuration.WriteTo.Console(new CompactJsonFormatter())
            : configuration.WriteTo.Sink(sink)).CreateLogger();
        Factory = new SerilogLoggerFactory(_logger);
    }

    /// <summary>Makes everybody's loggers.</summary>
    public ILoggerFactory Factory { get; }

    /// <summary>Sets the level of a subsystem, or of everything when the name is empty.</summary>
    /// <returns>False when there is no such subsystem.</returns>
    public bool TrySetLevel(string subsystem, LogEventLevel level)
    {
        if (subsystem.Length == 0)
        {
            _default.MinimumLevel = level;
            foreach (var each in _switches.Values)
            {
                each.MinimumLevel = level;
            }

            return true;
        }

        if (!_switches.TryGetValue(subsystem, out var one))
        {
            return false;
        }

        one.MinimumLevel = level;
        return true;
    }

    public void Dispose()
    {
        Factory.Dispose();
        _logger.Dispose();
    }
}
