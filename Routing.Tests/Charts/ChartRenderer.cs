using System.Diagnostics;

namespace Routing.Tests.Charts;

/// <summary>Renders charts/routing with the Go program in the folder render (docs/adr/0005).</summary>
internal static class ChartRenderer
{
    private static readonly Lazy<string> Program = new(Build);

    /// <summary>The manifests of the chart with values files of the folder values laid over its own.</summary>
    /// <exception cref="InvalidOperationException">The chart refused the values; the message says why.</exception>
    public static string Render(params string[] valuesFiles)
    {
        var arguments = valuesFiles.SelectMany(file => new[] { "-f", Repository.PathOf($"Routing.Tests/Charts/values/{file}") });
        return Run(Program.Value, [.. arguments, Repository.PathOf("charts/routing")]);
    }

    private static string Build()
    {
        var go = Requires.Tool("go");
        if (!Directory.Exists("/usr/share/gocode/src/github.com/Masterminds/sprig"))
        {
            Requires.Tool("golang-github-masterminds-sprig-dev");
        }

        var program = Path.Combine(TestContext.CurrentContext.WorkDirectory, "render-chart");
        Run(go, ["build", "-o", program, Repository.PathOf("Routing.Tests/Charts/render/main.go")]);
        return program;
    }

    private static string Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["GO111MODULE"] = "off",
                ["GOPATH"] = "/usr/share/gocode",
                ["GOFLAGS"] = "",
                ["GOCACHE"] = Path.Combine(AppContext.BaseDirectory, "go-cache"),
            },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(errors.Result.Trim());
    }
}
