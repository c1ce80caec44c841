using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Roles;

namespace Routing.Tests.Agent.Roles;

public sealed class SupervisorTests
{
    [Test]
    public async Task Loops_stop_in_reverse_order_of_their_start()
    {
        var ended = new List<string>();
        await using (var supervisor = New())
        {
            foreach (var name in new[] { "kernel", "watch", "front" })
            {
                supervisor.Start(name, async stop =>
                {
                    try
                    {
                        await Task.Delay(Timeout.Infinite, stop);
                    }
                    finally
                    {
                        ended.Add(name);
                    }
                });
            }

            using var asked = new CancellationTokenSource();
            await asked.CancelAsync();
            Assert.That(await supervisor.WaitAsync(asked.Token), Is.True);
        }

        Assert.That(ended, Is.EqualTo(new[] { "front", "watch", "kernel" }));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_loop_that_ends_on_its_own_ends_the_role(bool throws)
    {
        await using var supervisor = New();
        supervisor.Start("good", stop => Task.Delay(Timeout.Infinite, stop));
        supervisor.Start("bad", _ => throws ? Task.FromException(new InvalidOperationException("dead"))
            : Task.CompletedTask);
        Assert.That(await supervisor.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60)), Is.False);
    }

    private static Supervisor New() =>
        new(TimeSpan.FromSeconds(20), TimeProvider.System, NullLogger<Supervisor>.Instance);
}
