using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Session;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Updates;
using Routing.Tests.Bgp.Wire;

namespace Routing.Tests.Bgp.Session;

[TestFixture]
public sealed class UpdateIntakeTests
{
    [Test]
    public void An_update_allocates_nothing_once_the_batches_circulate()
    {
        var body = Messages.Announce("10.1.0.0/16", "10.2.0.0/24").AsSpan(MessageHeader.Length).ToArray();
        var intake = new UpdateIntake(new PeerIndex(1), UpdateJudge.External);
        Take(intake, body, 5000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Take(intake, body, 50_000);
        var perUpdate = (GC.GetAllocatedBytesForCurrentThread() - before) / 50_000.0;
        Assert.That(perUpdate, Is.LessThan(1), "octets allocated for an UPDATE");
    }

    [Test]
    public void The_longest_updates_fill_a_batch_and_never_overrun_it()
    {
        // Attributes for either family, written twice, and as much NLRI as fits.
        var communities = string.Concat(Enumerable.Repeat("FDE90001", 700));
        var attributes = "400101 00 400204 0201 FDE9 400304 0A000002 D0080AF0" + communities
            + "800E1A 0002 01 10 20010DB8000000000000000000000002 00 20 20010DB8";
        var nlri = string.Concat(Enumerable.Repeat("18 0A0001", 290));
        var body = UpdateJudge.Body("", attributes, nlri);
        Assert.That(body, Has.Length.LessThan(MessageHeader.MaxMessageLength).And.Length.GreaterThan(4000));

        var intake = new UpdateIntake(new PeerIndex(1), UpdateJudge.TwoOctet);
        for (var batches = 0; batches < 10;)
        {
            if (intake.IsFull)
            {
                UpdateBatchPool.Return(intake.TakeBatch());
                batches++;
            }

            Assert.That(intake.Add(body, out var error), Is.EqualTo(UpdateOutcome.Accept), error?.Reason);
        }
    }

    private static void Take(UpdateIntake intake, byte[] body, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (intake.IsFull)
            {
                UpdateBatchPool.Return(intake.TakeBatch());
            }

            intake.Add(body, out _);
        }
    }
}
