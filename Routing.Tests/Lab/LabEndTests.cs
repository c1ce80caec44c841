using Routing.Agent.Lab.Processes;

namespace Routing.Tests.Lab;

/// <summary>However a lab ends, it leaves nothing behind.</summary>
[TestFixture]
[Category("Netns")]
public sealed class LabEndTests : LabFixture
{
    private const int Interrupt = 2; // SIGINT, what Ctrl-C sends

    private const string Ready = "The lab stays.";

    private string _before = "";

    [SetUp]
    public void SetUp()
    {
        _before = MachineState.Read(Machine);
    }

    [TestCase(new[] { Interrupt }, TestName = "Ctrl-C")]
    [TestCase(new[] { Interrupt, Interrupt }, TestName = "Ctrl-C twice")]
    [TestCase(new[] { Signals.Terminate }, TestName = "SIGTERM")]
    public async Task A_lab_that_stays_ends_well_with(int[] signals)
    {
        await using var lab = LabRun.Start(Machine, "lab", "--nodes", "1");
        await lab.PrintsAsync(Ready);

        foreach (var signal in signals)
        {
            lab.Send(signal);
        }

        Assert.That(await lab.WaitForExitAsync(), Is.Zero, lab.Error);
        Assert.That(MachineState.Read(Machine), Is.EqualTo(_before));
    }

    [TestCase("namespaces and links:", TestName = "While the API starts")]
    [TestCase("ToR:", TestName = "While the agents start")]
    public async Task Ctrl_C_in_mid_start_leaves_nothing(string step)
    {
        await using var lab = LabRun.Start(Machine, "lab", "--once");
        await lab.PrintsAsync(step);

        lab.Send(Interrupt);

        Assert.That(await lab.WaitForExitAsync(), Is.EqualTo(1));
        Assert.That(MachineState.Read(Machine), Is.EqualTo(_before));
    }

    [TestCase("namespaces and links:", TestName = "Killed while the API starts")]
    [TestCase(Ready, TestName = "Killed when all runs")]
    public async Task Lab_down_removes_what_a_killed_lab_left(string step)
    {
        await using var lab = LabRun.Start(Machine, "lab", "--nodes", "2");
        await lab.PrintsAsync(step);
        lab.Send(Signals.Kill);
        await lab.WaitForExitAsync();
        Assert.That(MachineState.Read(Machine), Is.Not.EqualTo(_before), "there was something to remove");

        var (exitCode, output, error) = await LabRun.ToEndAsync(Machine, "lab", "down");

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Is.EqualTo("The lab is gone.\n"));
        Assert.That(MachineState.Read(Machine), Is.EqualTo(_before));
    }

    [Test]
    public async Task Lab_down_ends_a_lab_that_runs_and_a_second_lab_is_refused_meanwhile()
    {
        await using var lab = LabRun.Start(Machine, "lab", "--nodes", "1");
        await lab.PrintsAsync(Ready);

        var second = await LabRun.ToEndAsync(Machine, "lab", "--once");
        Assert.That(second.ExitCode, Is.EqualTo(1));
        Assert.That(second.Error, Is.EqualTo(
            $"routing: a lab is running already (pid {lab.Pid}); end it with Ctrl-C there, or: routing lab down\n"));

        var down = await LabRun.ToEndAsync(Machine, "lab", "down");
        Assert.That(down.ExitCode, Is.Zero, down.Error);
        Assert.That(await lab.WaitForExitAsync(), Is.Zero, lab.Error);
        Assert.That(MachineState.Read(Machine), Is.EqualTo(_before));
    }

    [Test]
    public async Task Lab_down_without_a_lab_says_so()
    {
        var (exitCode, output, _) = await LabRun.ToEndAsync(Machine, "lab", "down", "--json");

        Assert.That(exitCode, Is.Zero);
        Assert.That(output, Is.EqualTo("{\"removed\":false}\n"));
    }
}
