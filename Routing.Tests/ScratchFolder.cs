namespace Routing.Tests;

/// <summary>All temporary files of a run, those of the processes it starts included, lie in one folder that goes with it,
/// whatever failed. What tests should have removed themselves is named.</summary>
[SetUpFixture]
internal sealed class ScratchFolder
{
    private const string Variable = "TMPDIR";

    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);
    private string _folder = "";

    [OneTimeSetUp]
    public void Make()
    {
        _folder = Directory.CreateTempSubdirectory("run-").FullName;
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101); // daemons that change their user must get through
        Environment.SetEnvironmentVariable(Variable, _folder);
    }

    [OneTimeTearDown]
    public void Remove()
    {
        Environment.SetEnvironmentVariable(Variable, _before);
        foreach (var left in Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName))
        {
            // The sockets of a runtime that was killed are no test's to remove.
            if (!left!.StartsWith("dotnet-diagnostic-", StringComparison.Ordinal)
                && !left.StartsWith("clr-debug-pipe-", StringComparison.Ordinal))
            {
                TestContext.Progress.WriteLine($"left behind in {_folder}: {left}");
            }
        }

        Directory.Delete(_folder, recursive: true);
    }
}
