using Routing.Bgp.Speaker;

namespace Routing.Tests.Bgp.Speaker;

[TestFixture]
public sealed class SpeakerRehearsalTests
{
    [Test, CancelAfter(120_000)]
    public async Task Plays_to_its_end(CancellationToken cancellationToken) =>
        await SpeakerRehearsal.RunAsync(TimeProvider.System, cancellationToken);

    [Test]
    public void Ends_when_it_is_told_to() => Assert.That(
        () => SpeakerRehearsal.RunAsync(TimeProvider.System, new CancellationToken(canceled: true)),
        Throws.InstanceOf<OperationCanceledException>());
}
