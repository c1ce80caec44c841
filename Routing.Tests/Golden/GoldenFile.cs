namespace Routing.Tests.Golden;

/// <summary>Expected texts that are too long for a test's source: files in this folder, compared line for line.</summary>
internal static class GoldenFile
{
    /// <summary>Compares with the file of this name; ROUTING_UPDATE_GOLDENS=1 writes the file instead.</summary>
    /// <param name="name">Path below Routing.Tests/Golden.</param>
    /// <param name="actual">The text; a final newline is added where it lacks one.</param>
    public static void Verify(string name, string actual)
    {
        var path = Repository.PathOf(Path.Combine("Routing.Tests", "Golden", name));
        var text = actual.TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("ROUTING_UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            return;
        }

        Assert.That(path, Does.Exist, $"{name} is missing; ROUTING_UPDATE_GOLDENS=1 writes it");
        Assert.That(text.Split('\n'), Is.EqualTo(File.ReadAllLines(path).Append("")), $"{name} differs; ROUTING_UPDATE_GOLDENS=1 rewrites it");
    }
}
