using System.Diagnostics;

namespace Routing.Tests.Lab;

/// <summary>A machine for one test's labs: a network, mounts with a /run, and process numbers of its own. Labs name all they make alike,
/// and here run beside each other and beside other tests; nor is there what a run of the tests that was killed has left. It ends with
/// whoever started it, and all that runs in it with it.</summary>
internal sealed class LabMachine : IDisposable
{
    // The shell is the first process, and reaps the others; `cat` ends when nobody holds its input any more.
    private const string Init =
        "mount --make-rprivate /; while umount --lazy /run/netns; do :; done 2>/dev/null; mount -t tmpfs tmpfs /run && ip link set lo up && echo ready && cat";

    private readonly Process _outside;

    private LabMachine(Process outside) => _outside = outside;

    /// <summary>Starts one.</summary>
    public static LabMachine Start()
    {
        Requires.Root();
        var outside = Process.Start(new ProcessStartInfo(
            Requires.Tool("unshare"), ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", Init])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.That(outside.StandardOutput.ReadLine(), Is.EqualTo("ready"));
        return new LabMachine(outside);
    }

    /// <summary>A path in it as one that can be opened outside.</summary>
    public string Path(string path) => $"/proc/{_outside.Id}/root{path}";

    /// <summary>Runs a program in it to its end, as <see cref="Tests.Tool"/> does.</summary>
    public string Tool(string program, params string[] arguments) => ToolWithInput(program, null, arguments);

    /// <summary>Likewise, with text on its standard input.</summary>
    public string ToolWithInput(string program, string? input, params string[] arguments) =>
        Tests.Tool.RunWithInput("nsenter", input, [.. Enter, Requires.Tool(program), .. arguments]);

    /// <summary>What starts a program in it.</summary>
    /// <param name="program">Its full path.</param>
    /// <param name="arguments">Its own.</param>
    public ProcessStartInfo Command(string program, params string[] arguments) =>
        new(Requires.Tool("nsenter"), [.. Enter, program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    public void Dispose()
    {
        _outside.StandardInput.Close();
        _outside.WaitForExit();
        _outside.Dispose();
    }

    private string[] Enter =>
    [
        // Outside of it `unshare` waits, whose child is the first process.
        $"--net=/proc/{_outside.Id}/ns/net", $"--mount=/proc/{_outside.Id}/ns/mnt", $"--pid=/proc/{_outside.Id}/ns/pid_for_children", "--wd=/", "--",
    ];
}
