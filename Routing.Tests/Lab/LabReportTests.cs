using System.Text.Json.Nodes;
using Routing.Agent.Lab.Report;
using Routing.Agent.Lab.Traffic;
using Routing.Tests.Golden;
using Spectre.Console;

namespace Routing.Tests.Lab;

[TestFixture]
public sealed class LabReportTests
{
    private static readonly FlowReport Good = new("a/one", "a/two", "TCP", 80, "IPv4", true, ProbeOutcome.Answered);
    private static readonly FlowReport Shut = new("a/two", "a/one", "UDP", 53, "IPv6", false, ProbeOutcome.Silent);

    private static LabReport Report(params FlowReport[] flows) => new()
    {
        Problems = flows.All(flow => flow.Agrees) ? [] : ["1 of 3 flows do not do what policy says"],
        Nodes = [new("node-1", 65001, "52.52,13.4", ["172.30.1.2", "fd00:172:30:1::2"], ["10.244.1.0/24", "fd00:10:244:1::/64"], 0)],
        Tor = new("bird", 65000, [new("10.244.1.0/24", "172.30.1.2", "node-1")]),
        Sessions = [new("node-1", "node-1-tor-ipv4", "172.30.1.1", 65000, "Established", 2, "")],
        Pods = [new("a/one", "node-1", "Running", ["10.244.1.1"], ["udp/53"]), new("a/two", "node-1", "Running", ["10.244.1.2"], ["tcp/80"])],
        Matrix = new(["a/one", "a/two", "tor"], ["a/one", "a/two"], [.. flows], 0.42),
        Times = new()
        {
            ClusterReadySeconds = 2.5, Adds = 2, AddMedianMilliseconds = 9.25, AddP99Milliseconds = 12, PolicyToDenyMilliseconds = 15.5,
        },
    };

    [Test]
    public void Reads_well() => GoldenFile.Verify("lab/report.txt", Render(Report(Good, Shut)));

    [Test]
    public void Shows_a_flow_that_does_not_agree() =>
        GoldenFile.Verify("lab/report-disagrees.txt", Render(Report(Good, Shut, Good with { Family = "IPv6", Observed = ProbeOutcome.Silent })));

    [TestCase(true, ProbeOutcome.Answered, true)]
    [TestCase(true, ProbeOutcome.Silent, false)]
    [TestCase(false, ProbeOutcome.Silent, true)]
    [TestCase(false, ProbeOutcome.Answered, false)]
    [TestCase(false, ProbeOutcome.Refused, false, TestName = "Denied, yet the packet arrived: nobody listened")]
    [TestCase(false, ProbeOutcome.Unreachable, false, TestName = "Denied, but by a missing route and not by policy")]
    [TestCase(true, ProbeOutcome.Misdelivered, false)]
    public void Agrees_only_when_the_packets_did_what_policy_says(bool expected, ProbeOutcome observed, bool agrees) =>
        Assert.That((Good with { Expected = expected, Observed = observed }).Agrees, Is.EqualTo(agrees));

    [Test]
    public void Is_one_json_document_with_the_verdict()
    {
        var json = JsonNode.Parse(ReportJson.Format(Report(Good, Shut)))!;

        Assert.Multiple(() =>
        {
            Assert.That(json["ok"]!.GetValue<bool>(), Is.True);
            Assert.That(json["matrix"]!["flows"]![1]!["observed"]!.GetValue<string>(), Is.EqualTo("Silent"));
            Assert.That(json["matrix"]!["disagreeing"]!.GetValue<int>(), Is.Zero);
            Assert.That(json["times"]!["addMedianMilliseconds"]!.GetValue<double>(), Is.EqualTo(9.25));
        });
    }

    [TestCase(50, ExpectedResult = 5)]
    [TestCase(99, ExpectedResult = 10)]
    public double? Percentile_is_the_nearest_rank(int percent) =>
        Percentile.Milliseconds(Enumerable.Range(1, 10).Select(n => TimeSpan.FromMilliseconds(n)), percent);

    [Test]
    public void Percentile_of_nothing_is_nothing() => Assert.That(Percentile.Milliseconds([], 50), Is.Null);

    private static string Render(LabReport report)
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = 160;
        new ReportRenderer(console).Write(report);
        return string.Join('\n', writer.ToString().Split('\n').Select(line => line.TrimEnd()));
    }
}
