using Routing.Agent.Cni;

namespace Routing.Tests.Cni;

[TestFixture]
[NonParallelizable]
public sealed class ShimInstallerTests
{
    private string _folder = "";

    private string Bin => Path.Combine(_folder, "bin");

    private string Conf => Path.Combine(_folder, "conf");

    private string Shim => Path.Combine(_folder, "shim");

    private string Conflist => Path.Combine(_folder, "10-routing.conflist");

    [SetUp]
    public void MakeFolders()
    {
        _folder = Directory.CreateTempSubdirectory("routing-install").FullName;
        Directory.CreateDirectory(Bin);
        Directory.CreateDirectory(Conf);
        File.WriteAllText(Shim, "#!/bin/sh\nsleep 60\n");
        File.WriteAllText(Conflist, "{}");
    }

    [TearDown]
    public void RemoveFolders() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Installs_an_executable_shim_and_a_private_conflist()
    {
        var written = new ShimInstaller(Bin, Conf).Install(Shim, Conflist);

        Assert.That(written, Is.EqualTo([Path.Combine(Bin, "routing-cni"), Path.Combine(Conf, "10-routing.conflist")]));
        Assert.That(File.GetUnixFileMode(written[0]) & UnixFileMode.OtherExecute, Is.Not.EqualTo(UnixFileMode.None));
        Assert.That(File.GetUnixFileMode(written[1]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public void Leaves_alone_what_is_in_place()
    {
        var installer = new ShimInstaller(Bin, Conf);
        installer.Install(Shim, Conflist);

        Assert.That(installer.Install(Shim, Conflist), Is.Empty);
    }

    [Test]
    public void Replaces_a_shim_that_a_runtime_is_running_at_the_moment()
    {
        var installer = new ShimInstaller(Bin, Conf);
        File.Copy("/bin/sleep", Shim, overwrite: true);
        var target = installer.Install(Shim, Conflist)[0];
        using var running = System.Diagnostics.Process.Start(target, "60");
        try
        {
            File.WriteAllText(Shim, "new");
            Assert.That(installer.Install(Shim, Conflist), Is.EqualTo([target]));
            Assert.That(File.ReadAllText(target), Is.EqualTo("new"));
            Assert.That(running.HasExited, Is.False);
        }
        finally
        {
            running.Kill();
            running.WaitForExit();
        }
    }

    [Test]
    public void A_failure_leaves_no_partial_file()
    {
        // A folder in the conflist's place cannot be renamed over.
        Directory.CreateDirectory(Path.Combine(Conf, "10-routing.conflist", "occupied"));

        Assert.That(() => new ShimInstaller(Bin, Conf).Install(Shim, Conflist), Throws.InstanceOf<SystemException>());
        Assert.That(Directory.GetFileSystemEntries(Conf), Has.Length.EqualTo(1));
    }
}
