namespace Routing.Tests.Charts;

/// <summary>The image is built as README says, with buildah in the place of Docker (no daemon), and its programs are run in it.</summary>
[TestFixture]
[Category("Image")]
public sealed class ImageTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder()
    {
        Requires.Root();
        _folder = Directory.CreateTempSubdirectory("routing-image").FullName;
    }

    [TearDown]
    public void RemoveFolder()
    {
        if (_folder.Length > 0)
        {
            Tool.Run("rm", "-rf", _folder); // what a build in a namespace leaves has owners and modes of its own
        }
    }

    [Test]
    public void The_image_builds_without_a_registry_and_both_programs_run_in_it()
    {
        string[] storage = ["--storage-driver", "vfs", "--root", $"{_folder}/root", "--runroot", $"{_folder}/run"];
        Directory.CreateDirectory($"{_folder}/tmp"); // the SDK leaves what it unpacked there
        Tool.Run("env", $"TMPDIR={_folder}/tmp", "bash", Repository.PathOf("scripts/build-image-context.sh"), $"{_folder}/context");

        Tool.Run(
            "buildah",
            [.. storage, "bud", "--isolation", "chroot", "-t", "routing", "-f", Repository.PathOf("Dockerfile"), $"{_folder}/context"]);
        var container = Tool.Run("buildah", [.. storage, "from", "--pull-never", "routing"]).Trim();
        var help = Tool.Run("buildah", [.. storage, "run", "--isolation", "chroot", container, "/opt/routing/routing", "--help"]);
        var version = Tool.RunWithInput(
            "buildah", """{"cniVersion": "1.1.0"}""",
            [.. storage, "run", "--isolation", "chroot", "--env", "CNI_COMMAND=VERSION", container, "/opt/routing/routing-cni"]);

        Assert.That(help, Does.Contain("agent"));
        Assert.That(version, Does.Contain("1.1.0"));
    }
}
