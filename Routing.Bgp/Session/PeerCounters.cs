namespace Routing.Bgp.Session;

/// <summary>What has gone over a peer's connections since its session object was made. Written by the reader and the
/// writer of the link, read by anyone.</summary>
internal sealed class PeerCounters
{
    private long _messagesIn;
    private long _messagesOut;
    private long _updatesIn;
    private long _octetsIn;
    private long _octetsOut;
    private long _treatedAsWithdraw;
    private long _attributesDiscarded;

    public long MessagesIn => Interlocked.Read(ref _messagesIn);

    public long MessagesOut => Interlocked.Read(ref _messagesOut);

    public long UpdatesIn => Interlocked.Read(ref _updatesIn);

    public long OctetsIn => Interlocked.Read(ref _octetsIn);

    public long OctetsOut => Interlocked.Read(ref _octetsOut);

    public long TreatedAsWithdraw => Interlocked.Read(ref _treatedAsWithdraw);

    public long AttributesDiscarded => Interlocked.Read(ref _attributesDiscarded);

    public void Read(int octets) => Interlocked.Add(ref _octetsIn, octets);

    public void Received(bool isUpdate)
    {
        Interlocked.Increment(ref _messagesIn);
        if (isUpdate)
        {
            Interlocked.Increment(ref _updatesIn);
        }
    }

    public void Sent(int messages, long octets)
    {
        Interlocked.Add(ref _messagesOut, messages);
        Interlocked.Add(ref _octetsOut, octets);
    }

    public void WithdrewMalformed() => Interlocked.Increment(ref _treatedAsWithdraw);

    public void DiscardedAttribute() => Interlocked.Increment(ref _attributesDiscarded);
}
