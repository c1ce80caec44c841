using System.Globalization;
using Spectre.Console;

namespace Routing.Agent.Lab.Progress;

/// <summary>Shows the steps: on a terminal as a list that is redrawn while they run, elsewhere (a pipe, a log) as a line when each
/// is finished.</summary>
internal static class LiveProgress
{
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(80);

    /// <summary>Runs work and shows its steps meanwhile.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="progress">The steps.</param>
    /// <param name="time">For redrawing.</param>
    /// <param name="work">Brings the lab up.</param>
    public static async Task RunAsync(IAnsiConsole console, LabProgress progress, TimeProvider time, Func<Task> work)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            progress.Finished = step => console.WriteLine(PlainLine(step));
            await work();
            return;
        }

        await console.Live(Render(progress)).StartAsync(async context =>
        {
            var running = work();
            while (!running.IsCompleted)
            {
                await Task.WhenAny(running, Task.Delay(RedrawInterval, time, CancellationToken.None));
                context.UpdateTarget(Render(progress));
            }

            await running;
        });
    }

    /// <summary>"pods: 12 of 12 Running (0.51 s)".</summary>
    internal static string PlainLine(LabStep step) =>
        string.Create(CultureInfo.InvariantCulture, $"{step.Name}: {step.Detail} ({step.Elapsed.TotalSeconds:0.00} s)");

    private static Grid Render(LabProgress progress)
    {
        var grid = new Grid().AddColumns(4);
        foreach (var step in progress.Steps)
        {
            grid.AddRow(
                step.Done ? "[green]done[/]" : "[yellow]...[/]",
                Markup.Escape(step.Name),
                Markup.Escape(step.Detail),
                string.Create(CultureInfo.InvariantCulture, $"[grey]{step.Elapsed.TotalSeconds:0.0} s[/]"));
        }

        return grid;
    }
}
