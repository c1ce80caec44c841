using System.Runtime.CompilerServices;

namespace Routing.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its top folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path inside it.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>The source files below a folder, without what builds leave there.</summary>
    public static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(PathOf(folder), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        // CallerFilePath is rewritten by deterministic builds, so the test binary's own folder is the second guess.
        foreach (var start in new[] { Path.GetDirectoryName(thisFile)!, AppContext.BaseDirectory })
        {
            for (var folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if (File.Exists(Path.Combine(folder, "Routing.sln")))
                {
                    return folder;
                }
            }
        }

        throw new InvalidOperationException($"no Routing.sln above {AppContext.BaseDirectory}");
    }
}
