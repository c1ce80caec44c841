using Routing.Bgp.Bmp;
using Routing.Bgp.Rib;
using Routing.Bgp.Session;
using Routing.Tests.Bgp.Rib;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Bmp;

/// <summary>A station beside a RIB without thread: it reads when the test says so.</summary>
internal sealed class MonitorBench
{
    public MonitorBench(RibHarness harness, BmpViews views)
    {
        Harness = harness;
        Monitor = new BmpMonitor(
            harness.Tables, views, BmpMessages.Initiation("n", "d"), Output, new ManualTime(), () => IsGivenUp = true);
        harness.Rib.Monitors.Add(Monitor);
    }

    public RibHarness Harness { get; }

    public BmpMonitor Monitor { get; }

    public OutputQueue Output { get; } = new();

    public StationModel Station { get; } = new();

    public bool IsGivenUp { get; private set; }

    /// <summary>Reads and works until nothing is left.</summary>
    public void Settle()
    {
        Harness.Settle();
        while (Output.Octets > 0)
        {
            ReadSome();
            Harness.Settle();
        }
    }

    /// <summary>Reads one write's worth.</summary>
    public void ReadSome()
    {
        var taken = new List<EncodedMessages>();
        if (Output.Octets == 0 || !Output.TakeAsync(taken, default).AsTask().GetAwaiter().GetResult())
        {
            return;
        }

        foreach (var messages in taken)
        {
            Assert.That(Station.Read(messages.Octets.Span), Is.EqualTo(messages.Octets.Length), "whole messages");
        }

        if (Output.Written(taken))
        {
            Monitor.OnOutputReady();
        }
    }
}
