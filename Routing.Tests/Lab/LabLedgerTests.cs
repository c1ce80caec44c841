using System.Diagnostics;
using Routing.Agent.Lab.State;

namespace Routing.Tests.Lab;

[TestFixture]
public sealed class LabLedgerTests
{
    private string _folder = "";

    private string StateFile => Path.Combine(_folder, "state.json");

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("lab-ledger").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_was_added_and_not_removed_is_on_disk_in_order()
    {
        var ledger = new LabLedger(StateFile);
        var agent = new LabProcessRecord("node-1 agent", new ProcessIdentity(17, 4711));
        var tor = new LabProcessRecord("tor bird", new ProcessIdentity(18, 4712));
        ledger.AddMount("/run/netns");
        ledger.AddNamespace("tor");
        ledger.AddNamespace("gone");
        ledger.AddNamespace("node-1");
        ledger.RemoveNamespace("gone");
        ledger.AddProcess(agent);
        ledger.AddProcess(tor);
        ledger.RemoveProcess(agent);

        var state = LabLedger.TryRead(StateFile)!;

        Assert.Multiple(() =>
        {
            Assert.That(state.Owner, Is.EqualTo(ProcessIdentity.Current));
            Assert.That(state.Mounts, Is.EqualTo(["/run/netns"]));
            Assert.That(state.Namespaces, Is.EqualTo(["tor", "node-1"]));
            Assert.That(state.Processes, Is.EqualTo([tor]));
        });
    }

    [TestCase(null, TestName = "No state file")]
    [TestCase("", TestName = "An empty one")]
    [TestCase("{\"owner\":", TestName = "A cut one")]
    public void Is_no_lab(string? text)
    {
        if (text is not null)
        {
            File.WriteAllText(StateFile, text);
        }

        Assert.That(LabLedger.TryRead(StateFile), Is.Null);
    }

    [Test]
    public void A_process_is_not_mistaken_for_a_later_one_with_its_number()
    {
        var current = ProcessIdentity.Current;

        Assert.That(current.IsAlive, Is.True);
        Assert.That((current with { StartTime = current.StartTime - 1 }).IsAlive, Is.False);
    }

    [Test]
    public void A_process_that_has_ended_is_not_alive_even_before_its_parent_asks()
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sleep", ["60"]))!;
        var identity = ProcessIdentity.TryRead(process.Id)!.Value;
        Assert.That(identity.IsAlive, Is.True);

        process.Kill();
        process.WaitForExit();

        Assert.That(identity.IsAlive, Is.False);
    }

    [Test]
    public void A_lock_is_one_s_until_it_is_let_go()
    {
        var path = Path.Combine(_folder, "lock");
        using (var first = LabLock.TryTake(path))
        {
            Assert.That(first, Is.Not.Null);
            Assert.That(LabLock.TryTake(path), Is.Null);
        }

        using var second = LabLock.TryTake(path);
        Assert.That(second, Is.Not.Null);
    }
}
