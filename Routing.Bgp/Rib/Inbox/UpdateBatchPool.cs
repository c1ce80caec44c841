using System.Collections.Concurrent;

namespace Routing.Bgp.Rib.Inbox;

/// <summary>Batches on their way back from the RIB to the sessions, so that a table load allocates a handful of them.</summary>
internal static class UpdateBatchPool
{
    /// <summary>A batch keeps arrays up to this size when it returns; one that had to grow past it gives them up.</summary>
    private const int LargestKept = 128 * 1024;

    /// <summary>As many as can be in an inbox and under construction; more are left to the collector.</summary>
    private const int MostKept = 64;

    private static readonly ConcurrentQueue<UpdateBatch> Free = new();

    /// <summary>An empty batch; its arrays are as large as its last user left them.</summary>
    public static UpdateBatch Rent(PeerIndex peer)
    {
        if (!Free.TryDequeue(out var batch))
        {
            return new UpdateBatch { Peer = peer };
        }

        batch.Peer = peer;
        return batch;
    }

    /// <summary>Takes back a batch that nothing points into any more.</summary>
    public static void Return(UpdateBatch batch)
    {
        batch.OctetCount = 0;
        batch.EntryCount = 0;
        if (batch.Octets.Length <= LargestKept && Free.Count < MostKept)
        {
            Free.Enqueue(batch);
        }
    }
}
