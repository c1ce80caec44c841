using System.Collections.Immutable;

namespace Routing.Benchmarks.Bgp.Daemons;

/// <summary>A BGP daemon as it is installed, configured alike: passive sessions over one link, IPv4 unicast, everything
/// imported and exported, nothing to the kernel.</summary>
internal abstract class BgpDaemon
{
    /// <summary>All that are compared, ours first.</summary>
    public static ImmutableArray<BgpDaemon> All { get; } =
        [new RoutingDaemon(), new BirdDaemon(), new FrrDaemon(), new GobgpDaemon(), new OpenBgpdDaemon()];

    /// <summary>As on the command line and in the tables.</summary>
    public abstract string Name { get; }

    /// <summary>Debian's package; what makes it, where it is ours.</summary>
    public abstract string Package { get; }

    /// <summary>The program.</summary>
    public abstract string Program { get; }

    /// <summary>The version, in one line.</summary>
    public abstract string VersionArgument { get; }

    /// <summary>Writes the configuration into a folder of the daemon's own.</summary>
    /// <returns>The arguments that start the daemon with it, in the foreground.</returns>
    public abstract IReadOnlyList<string> Configure(DaemonPlan plan, string folder);

    /// <summary>Writes a file into the folder.</summary>
    protected static string Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite); // openbgpd insists
        return path;
    }

    /// <summary>A text for each neighbour.</summary>
    protected static string Each(DaemonPlan plan, Func<PeerPlan, string> text) => string.Concat(plan.Peers.Select(text));
}
