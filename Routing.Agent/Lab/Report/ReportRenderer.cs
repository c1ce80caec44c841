using System.Globalization;
using Spectre.Console;

namespace Routing.Agent.Lab.Report;

/// <summary>The report for people.</summary>
internal sealed class ReportRenderer(IAnsiConsole console)
{
    private const int MostDisagreementsShown = 20;

    /// <summary>Prints all of it.</summary>
    public void Write(LabReport report)
    {
        WriteNodes(report);
        WriteSessions(report);
        WriteRoutes(report);
        WriteMatrix(report.Matrix, report.Pods);
        WriteTimes(report.Times);
        WriteVerdict(report);
    }

    /// <summary>Prints the matrix and what does not agree.</summary>
    public void WriteMatrix(MatrixReport matrix, IReadOnlyCollection<PodReport> pods)
    {
        var nodes = pods.ToDictionary(pod => pod.Name, pod => pod.Node);
        var numbers = matrix.Destinations.Select((name, index) => (name, index)).ToDictionary(x => x.name, x => x.index + 1);
        var cells = matrix.Flows.ToLookup(flow => (flow.From, flow.To));
        var table = NewTable("Connectivity: flows that pass of flows probed (ports, both families)");
        table.AddColumn("from \\ to");
        foreach (var destination in matrix.Destinations)
        {
            table.AddColumn(new TableColumn(Text(numbers[destination])).RightAligned());
        }

        foreach (var source in matrix.Sources)
        {
            var label = numbers.TryGetValue(source, out var number) ? $"{number,2} {source}" : $"   {source}";
            table.AddRow(matrix.Destinations.Select(destination => Cell([.. cells[(source, destination)]])).Prepend(Markup.Escape(label)).ToArray());
        }

        console.Write(table);
        foreach (var destination in matrix.Destinations.Where(name => !matrix.Sources.Contains(name)))
        {
            console.MarkupLine($"  {numbers[destination],2} {Markup.Escape(destination)}");
        }

        var summary = string.Create(CultureInfo.InvariantCulture,
            $"{matrix.Flows.Length} flows probed in {matrix.Seconds:0.0} s: {matrix.Allowed} allowed and "
            + $"{matrix.Flows.Length - matrix.Allowed} denied by policy; {matrix.Agreeing} agree, {matrix.Disagreeing} disagree.");
        console.MarkupLine(matrix.Disagreeing == 0 ? $"[green]{summary}[/]" : $"[red]{summary}[/]");
        foreach (var flow in matrix.Flows.Where(flow => !flow.Agrees).Take(MostDisagreementsShown))
        {
            console.MarkupLine($"[red]  {Markup.Escape(flow.ToString())}[/]");
        }

        if (matrix.Disagreeing > MostDisagreementsShown)
        {
            console.WriteLine($"  and {matrix.Disagreeing - MostDisagreementsShown} more (--json has them all)");
        }

        console.WriteLine();
    }

    private static string Cell(FlowReport[] flows)
    {
        if (flows.Length == 0)
        {
            return "";
        }

        var passed = flows.Count(flow => flow.Observed == Traffic.ProbeOutcome.Answered);
        if (flows.Any(flow => !flow.Agrees))
        {
            return $"[red bold]{passed}/{flows.Length}![/]";
        }

        var colour = passed == 0 ? "grey" : passed == flows.Length ? "green" : "yellow";
        return $"[{colour}]{passed}/{flows.Length}[/]";
    }

    private void WriteNodes(LabReport report)
    {
        var table = NewTable("Nodes").AddColumns("node", "AS", "addresses", "pod CIDRs", "pods", "location");
        foreach (var node in report.Nodes)
        {
            table.AddRow(node.Name, Text(node.Asn), string.Join('\n', node.Addresses), string.Join('\n', node.PodCidrs),
                Text(report.Pods.Count(pod => pod.Node == node.Name)), node.Location);
        }

        console.Write(table);
    }

    private void WriteSessions(LabReport report)
    {
        var table = NewTable("BGP sessions").AddColumns("node", "peer", "AS", "state", "prefixes", "last error");
        foreach (var session in report.Sessions)
        {
            var colour = session.State == SessionReport.Established ? "green" : "red";
            table.AddRow(session.Node, session.Address, Text(session.Asn), $"[{colour}]{Markup.Escape(session.State)}[/]",
                session.PrefixesReceived.ToString(CultureInfo.InvariantCulture), Markup.Escape(session.LastError));
        }

        console.Write(table);
    }

    private void WriteRoutes(LabReport report)
    {
        var table = NewTable($"Routes on the ToR ({report.Tor.Software}, AS {Text(report.Tor.Asn)})").AddColumns("prefix", "next hop", "node");
        foreach (var route in report.Tor.Routes)
        {
            table.AddRow(route.Prefix, route.NextHop, route.Node);
        }

        console.Write(table);
    }

    private void WriteTimes(TimesReport times)
    {
        var table = NewTable("Times").AddColumn("what").AddColumn(new TableColumn("took").RightAligned());
        table.AddRow("cluster ready", string.Create(CultureInfo.InvariantCulture, $"{times.ClusterReadySeconds:0.00} s"));
        table.AddRow($"CNI ADD, median of {Text(times.Adds)}", Milliseconds(times.AddMedianMilliseconds));
        table.AddRow("CNI ADD, 99th percentile", Milliseconds(times.AddP99Milliseconds));
        table.AddRow("policy change to first packet denied", Milliseconds(times.PolicyToDenyMilliseconds));
        table.AddRow("policy change to first packet allowed", Milliseconds(times.PolicyToAllowMilliseconds));
        console.Write(table);
    }

    private void WriteVerdict(LabReport report)
    {
        if (report.Ok)
        {
            console.MarkupLine("[green]OK: every session is Established, every pod CIDR is on the ToR, every flow does what policy says.[/]");
        }

        foreach (var problem in report.Problems)
        {
            console.MarkupLine($"[red]Problem: {Markup.Escape(problem)}[/]");
        }
    }

    private Table NewTable(string title)
    {
        console.MarkupLine($"[bold]{Markup.Escape(title)}[/]");
        return new Table().Border(TableBorder.Simple);
    }

    private static string Milliseconds(double? value) =>
        value is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number:0.0} ms") : "not measured";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
