using System.Collections.Immutable;
using System.Globalization;
using Routing.Benchmarks.Bgp.Cases;
using Routing.Benchmarks.Bgp.Daemons;

namespace Routing.Benchmarks.Bgp;

/// <summary>The command line of `bgp-compare`.</summary>
internal sealed record CompareOptions
{
    public const string Usage = """
        usage: bgp-compare [S1 S2 ...] [--runs N] [--daemons routing,bird,frr,gobgp,openbgpd] [--scale F] [--limit SECONDS]
          --runs     runs of each case, of which the median counts (default 3)
          --scale    part of the load, as 0.01, for a quick look; the aims are for 1
          --limit    longest time of one measurement (default 30); a daemon that needs longer is not run again
        """;

    /// <summary>Rows wanted; all when empty.</summary>
    public ImmutableArray<string> Cases { get; init; } = [];

    public int Runs { get; init; } = 3;

    public ImmutableArray<BgpDaemon> Daemons { get; init; } = BgpDaemon.All;

    public double Scale { get; init; } = 1;

    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A number of the load, at this run's scale.</summary>
    public int Scaled(int number) => Math.Max(5, (int)(number * Scale));

    /// <summary>True when a row was asked for.</summary>
    public bool Wants(string name) => Cases.IsEmpty || Cases.Contains(name);

    /// <summary>Reads the arguments.</summary>
    /// <returns>Null when they make no sense; <paramref name="error"/> says what is allowed.</returns>
    public static CompareOptions? Parse(string[] arguments, out string error)
    {
        var options = new CompareOptions();
        error = Usage;
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            if (BgpCase.All.Any(one => one.Names.Contains(argument)))
            {
                options = options with { Cases = options.Cases.Add(argument) };
            }
            else if (i + 1 < arguments.Length && options.With(argument, arguments[++i]) is { } changed)
            {
                options = changed;
            }
            else
            {
                error = $"bgp-compare: '{argument}' is not understood\n{Usage}";
                return null;
            }
        }

        return options;
    }

    private CompareOptions? With(string option, string value) => (option, Number(value)) switch
    {
        ("--runs", >= 1 and var runs) => this with { Runs = (int)runs },
        ("--scale", > 0 and var scale) => this with { Scale = scale },
        ("--limit", > 0 and var seconds) => this with { Limit = TimeSpan.FromSeconds(seconds) },
        ("--daemons", _) when value.Split(',') is var names && names.All(name => BgpDaemon.All.Any(one => one.Name == name)) =>
            this with { Daemons = [.. BgpDaemon.All.Where(one => names.Contains(one.Name))] },
        _ => null,
    };

    private static double Number(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
}
