namespace Routing.Tests;

/// <summary>What a test needs of the machine. A thing that is missing skips the test on a laptop and fails it when CI=true,
/// so that a green CI never means "not run".</summary>
internal static class Requires
{
    /// <summary>The test changes namespaces, routes or rules.</summary>
    public static void Root()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Missing("root");
        }
    }

    /// <summary>The test runs a program; the package that brings it is named in ./test.</summary>
    /// <returns>Its full path.</returns>
    public static string Tool(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Prepend("/usr/lib/frr") // before /usr/sbin: OpenBGPD's daemon there is a bgpd too
            .Concat(["/usr/sbin", "/sbin", "/usr/lib/cni", "/opt/cni/bin"]);
        var path = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (path is null)
        {
            Missing($"the program '{name}'");
        }

        return path!;
    }

    /// <summary>The test runs something that a full build leaves in the tree (and -p:BuildShim=false does not).</summary>
    /// <returns>Its full path.</returns>
    public static string BuiltFile(string relative)
    {
        var path = Repository.PathOf(relative);
        if (!File.Exists(path))
        {
            Missing($"{relative}, which `dotnet build -c Release Routing.sln` makes");
        }

        return path;
    }

    private static void Missing(string what)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail($"This test needs {what}, and CI=true allows no skipping.");
        }

        Assert.Ignore($"This test needs {what}.");
    }
}
