namespace Routing.Tests.Lab;

/// <summary>Each test has a machine of its own.</summary>
public abstract class LabFixture
{
    private LabMachine? _machine;

    /// <summary>Where the test's labs run.</summary>
    private protected LabMachine Machine => _machine!;

    [SetUp]
    public void StartMachine() => _machine = LabMachine.Start();

    [TearDown]
    public void EndMachine() => _machine?.Dispose();
}
