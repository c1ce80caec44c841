using Microsoft.Extensions.Logging;
using Routing.Agent.Logging;
using Serilog.Core;
using Serilog.Events;

namespace Routing.Tests.Agent.Roles;

#pragma warning disable CA1848, CA1873 // a test logs once
public sealed class AgentLogTests
{
    [Test]
    public void A_subsystems_level_is_switched_while_it_runs()
    {
        var sink = new Recorder();
        using var log = new AgentLog(LogEventLevel.Information, sink);
        var dataplane = log.Factory.CreateLogger("Routing.Agent.Dataplane.DataplaneLoop");
        var bgp = log.Factory.CreateLogger("Routing.Bgp.Speaker.BgpSpeaker");
        dataplane.LogDebug("one");
        Assert.That(log.TrySetLevel("Routing.Agent.Dataplane", LogEventLevel.Debug), Is.True);
        dataplane.LogDebug("two");
        bgp.LogDebug("three");
        Assert.That(log.TrySetLevel("", LogEventLevel.Error), Is.True);
        dataplane.LogWarning("four");
        bgp.LogError("five");
        Assert.That(log.TrySetLevel("Nope", LogEventLevel.Debug), Is.False);
        Assert.That(sink.Messages, Is.EqualTo(new[] { "two", "five" }));
    }

    private sealed class Recorder : ILogEventSink
    {
        public List<string> Messages { get; } = [];

        public void Emit(LogEvent logEvent) => Messages.Add(logEvent.RenderMessage());
    }
}
